"""Damaged labels: divided, cut to one class, numbered otherwise in another split."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

_CURES = (
    Cure("print np.unique(target, return_counts=True) of every split, right before training"),
    Cure("scale the inputs, never the labels: x / 255, not y / 255"),
)


def find(examination: Examination) -> Finding | None:
    target = examination.data.target
    if len(target) < 4:
        return None
    values, counts = np.unique(target, return_counts=True)
    if len(values) == 1:
        return _finding(
            f"All {len(target)} targets are {values[0]:g}: there is nothing to tell apart, and a network that always "
            "says so is never wrong here.",
            Evidence("distinct targets", 1.0, float(max(2, examination.output.shape[-1])), "outputs"),
        )
    if examination.task.kind == "labels" and target.dtype.kind in "iu":
        outputs = examination.output.shape[-1]
        found = _missing(examination, values)
        if found is not None:
            return found
        if 2 * len(values) <= outputs <= 100 and len(target) >= 10 * outputs:
            return _finding(
                f"The labels name {len(values)} of the {outputs} classes that the network has outputs for "
                f"({_listed(values)}): the others never come.",
                Evidence("distinct labels", float(len(values)), float(outputs), "outputs"),
                "warning",
            )
        return _otherwise_numbered(examination)
    return _mostly_one(examination, values, counts)


def _mostly_one(examination: Examination, values: np.ndarray, counts: np.ndarray) -> Finding | None:
    """A whole column of yes and no that is always the same."""
    if examination.task.kind != "yes-no" or examination.data.target.ndim != 2:
        return None
    target = np.asarray(examination.data.target)
    still = [column for column in range(target.shape[1]) if (target[:, column] == target[0, column]).all()]
    if not still or len(target) < 30:
        return None
    return _finding(
        f"Column {still[0]} of the target is {target[0, still[0]]:g} in all {len(target)} rows.",
        Evidence("distinct targets in the column", 1.0, 2.0, "wanted"),
    )


def _missing(examination: Examination, values: np.ndarray) -> Finding | None:
    """Classes that the validation part has beside those of the training part, where they never come."""
    held = examination.run.validation
    if held is None or len(examination.data.target) < 10 * len(values):
        return None
    asked = np.asarray(held.target).ravel()
    asked = asked[asked >= 0]
    share = float((~np.isin(asked, values)).mean())
    if not (share > 0.1 and np.isin(values, asked).mean() >= 0.5):
        return None
    return _finding(
        f"{share:.0%} of the validation rows have labels that never come in training, where there are only "
        f"{_listed(values)}.",
        Evidence("distinct labels in training", float(len(values)), float(len(np.unique(asked))), "in validation"),
    )


def _otherwise_numbered(examination: Examination) -> Finding | None:
    """Validation labels that are wrong nearly always, and right under other names."""
    held = examination.held
    if held is None or examination.course is None or examination.skill < 0.5:
        return None
    answers = quiet(lambda: examination.task.answers(examination.net(held.x))).ravel()
    truth = examination.task.truth(held.target).ravel()
    K = examination.output.shape[-1]
    table = np.zeros((K, K))
    np.add.at(table, (truth[truth >= 0], answers[truth >= 0]), 1)
    right, best = np.trace(table) / table.sum(), table.max(axis=1).sum() / table.sum()
    renamed = len(set(table.argmax(axis=1).tolist())) == K
    if not (renamed and best > 0.7 and right < 0.5 * best):
        return None
    return _finding(
        f"On the validation part {right:.0%} of the answers are right, and {best:.0%} would be if its classes had "
        "other numbers: the two splits number the classes otherwise.",
        Evidence("accuracy on the validation part", float(right), float(best), "with classes renamed"),
    )


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{value:g}" for value in values[:8]) + (", ..." if len(values) > 8 else "")


def _finding(sentence: str, evidence: Evidence, severity: str = "sick") -> Finding:
    return Finding("labels-damaged", severity, sentence, evidence, "how the targets are made", _CURES, "certain")


RULE = Rule(
    "labels-damaged",
    "after",
    "the distinct targets beside the outputs; the confusion of classes on the validation part",
    "one distinct target; a tenth of the validation rows with labels that never come in training; at most half as "
    "many labels as outputs (a warning); validation answers that are right for 70 % and twice as often under a "
    "renaming of the classes",
    "labels that never come can not be learnt; with ten rows for each output an absent half is no chance",
    find,
    explains=(
        "rows-out-of-step",
        "unshuffled",
        "no-signal",
        "imbalance",
        "overfitting",
        "plateau",
        "leak",
        "init-identical",
        "underfitting",
    ),
)
