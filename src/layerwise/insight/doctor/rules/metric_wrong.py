"""The accuracy is not the share of right answers: an argmax over one column, logits cut at 0.5."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    loss, task = examination.patient.loss, examination.task
    if examination.is_of_the_library(loss) or task.kind == "quantities":
        return None
    target = examination.target
    output = quiet(lambda: examination.net(examination.x))
    counted = task.truth(target) >= 0
    right = float((task.answers(output) == task.truth(target))[counted].mean()) if counted.any() else 0.0
    try:
        said = loss.accuracy(output, target)
        crossed = loss.accuracy(output, np.roll(target, 1, axis=0))
    except LayerwiseError:
        return None
    if said is None or abs(said - right) <= 0.02:
        return None
    still = ", and it is the same with the targets dealt to other rows" if said == crossed else ""
    return Finding(
        "metric-wrong",
        "sick",
        f"The accuracy that is reported, {said:.3f}, is not the share of right answers, {right:.3f}{still}.",
        Evidence("reported accuracy", said, right, "counted"),
        f"{type(loss).__name__}.accuracy",
        (
            Cure("one column: compare with the half, output > 0 for logits, output > 0.5 for probabilities"),
            Cure("K columns: output.argmax(axis=-1) == target"),
        ),
        "certain",
    )


RULE = Rule(
    "metric-wrong",
    "after",
    "the accuracy of a loss of the learner's own, beside a count of right answers",
    "they differ by more than 0.02",
    "a count is exact; the slack is for targets of which a few are ignored",
    find,
    explains=("imbalance",),
)
