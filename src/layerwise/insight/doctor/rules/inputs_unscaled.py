"""Inputs that are not scaled: the curvature grows with their square, and the usual rates are too large for it."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import standardised_inputs
from layerwise.insight.doctor.examination import MANY, Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array
from layerwise.wording import quantity

FAR = 5.0
UNEVEN = 30.0


def find(examination: Examination) -> Finding | None:
    if examination.start.takes_indices or len(examination.data.x) < 2:
        return None
    size, uneven, small = sizes(np.asarray(examination.data.x[:MANY]))
    if size <= FAR and uneven <= UNEVEN and small >= 1 / (10 * FAR):
        return None
    if not examination.is_behind:
        return _finding(examination, size, uneven, small, "note", "")
    trial = examination.trial("standardised inputs", standardised_inputs)
    if trial is None or not trial.helps:
        return None
    words = f" Scaled, the same network learns: skill {trial.after:.2f} in place of {trial.before:.2f}."
    return _finding(examination, size, uneven, small, examination.severity, words)


def sizes(x: Array) -> tuple[float, float, float]:
    """The root mean square of all inputs; how many times the largest feature's size that of the middle one is; and the
    largest spread of a feature."""
    rows = x.reshape(len(x), -1).astype(np.float64)
    each = np.sqrt(np.square(rows).mean(axis=0))
    moving = each[rows.std(axis=0) > 0]
    middle = float(np.median(moving)) if moving.size else 1.0
    uneven = float(each.max()) / middle if middle > 0 and moving.size < 100 else 1.0
    return float(np.sqrt(np.square(rows).mean())), uneven, float(rows.std(axis=0).max(initial=0))


def _finding(examination: Examination, size: float, uneven: float, small: float, severity: str, words: str) -> Finding:
    x = examination.data.x[:MANY]
    what = f"The inputs go from {quantity(float(np.min(x)))} to {quantity(float(np.max(x)))}"
    if size > FAR:
        evidence = Evidence("root mean square of the inputs", size, 1.0, "scaled")
    elif uneven > UNEVEN:
        what += f", and the largest feature is {uneven:.3g} times the middle one"
        evidence = Evidence("size of the largest feature over that of the middle one", uneven, 1.0, "scaled")
    else:
        evidence = Evidence("largest spread of a feature", small, 1.0, "scaled")
    return Finding(
        "inputs-unscaled",
        severity,
        f"{what}: they are not scaled, and the curvature of the loss grows with their square.{words}",
        evidence,
        "the data: x",
        (
            Cure("(x - mean) / std of each column that varies, by the training part; images / 255"),
            Cure("a learning rate lower by the square of their size"),
        ),
        "likely",
        experiment=by_trial(examination, "standardised inputs", standardised_inputs),
    )


RULE = Rule(
    "inputs-unscaled",
    "after",
    "the size of the inputs, feature by feature; where the run has failed, the same run on scaled inputs",
    "root mean square above 5, or one feature 30 times the middle one, or no spread above 0.02; a disease only "
    "where the run failed and, scaled, the same network learns; else a note",
    "a bound on the size alone gives false alarms, so that the trial decides",
    find,
    explains=("start-loss", "dead-units", "saturated-units", "diverged", "exploding", "plateau", "underfitting",
              "init-too-large"),
)  # fmt: skip
