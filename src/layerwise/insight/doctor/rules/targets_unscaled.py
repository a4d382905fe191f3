"""Targets that are not scaled: an output layer that begins near 0 has thousands of steps to go to reach them."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import standardised_targets
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.wording import quantity

FAR = 10.0


def find(examination: Examination) -> Finding | None:
    if examination.task.kind != "quantities":
        return None
    target = np.asarray(examination.data.target, np.float64)
    size, spread = float(np.sqrt(np.square(target).mean())), float(target.std())
    if spread == 0 or (1 / FAR**2 < size < FAR and abs(target.mean()) < FAR * spread):
        return None
    reached = float(np.abs(quiet(lambda: examination.net(examination.x))).max())
    share = reached / max(float(np.abs(examination.target).max()), 1e-300)
    if not examination.is_behind:
        return _finding(examination, "note", "", Evidence("root mean square of the targets", size, 1.0, "scaled"))
    trial = examination.trial("standardised targets", standardised_targets)
    if trial is None or not trial.helps:
        return None
    words = (
        f" Its largest answer is {share:.2g} of the largest target. With scaled targets the same network learns: skill "
        f"{trial.after:.2f} in place of {trial.before:.2f}."
    )
    loss = examination.loss_of(examination.net)
    return _finding(
        examination,
        examination.severity,
        words,
        Evidence("loss at the end", loss, float(np.square(target).mean()), "E[y²] ="),
    )


def _finding(examination: Examination, severity: str, words: str, evidence: Evidence) -> Finding:
    target = examination.data.target
    return Finding(
        "targets-unscaled",
        severity,
        f"The targets go from {quantity(float(np.min(target)))} to {quantity(float(np.max(target)))}: they are not "
        f"scaled.{words}",
        evidence,
        "the data: target",
        (
            Cure("learn (y - y.mean()) / y.std(), and turn the answers back"),
            Cure("begin the last bias at the mean of the targets, and take a rate that suits their size"),
        ),
        "likely",
        experiment=by_trial(examination, "standardised targets", standardised_targets),
    )


RULE = Rule(
    "targets-unscaled",
    "after",
    "the size of the targets; where the run has failed, the same run on scaled targets",
    "root mean square above 10 or below 0.01, or a mean ten spreads from 0; a disease only where the run failed and, "
    "scaled, the same network learns; else a note",
    "some networks reach large targets in time: the trial decides",
    find,
    explains=("start-loss", "dead-units", "diverged", "exploding", "plateau", "underfitting", "rate-too-low"),
)
