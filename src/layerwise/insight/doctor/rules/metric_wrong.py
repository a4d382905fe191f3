"""The accuracy is not the share of right answers: an argmax over one column, logits cut at 0.5."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import is_distribution
from layerwise.insight.doctor.rule import Rule
from layerwise.losses import Loss
from layerwise.random import generator
from layerwise.types import Array


def find(examination: Examination) -> Finding | None:
    loss, task, target = examination.patient.loss, examination.task, examination.target
    if examination.is_of_the_library(loss) or task.kind == "quantities":
        return None
    counted = task.truth(target) >= 0
    if not counted.any():
        return None
    for output in (quiet(lambda: examination.net(examination.x)), _drawn(examination)):
        right = float((task.answers(output) == task.truth(target))[counted].mean())
        try:
            said = loss.accuracy(output, target)
            crossed = loss.accuracy(output, np.roll(target, 1, axis=0))
        except LayerwiseError:
            return None
        if said is not None and abs(said - right) > 0.02:
            return _finding(loss, said, crossed, right)
    return None


def _drawn(examination: Examination) -> Array:
    """Answers as the last layer may give them, drawn at random: half right by chance, near the border and far "
    "from it."""
    noise = generator(0, "metric").normal(0.0, 2.0, examination.output.shape)
    if is_distribution(examination.output):
        noise = np.exp(noise)
        return noise / noise.sum(axis=-1, keepdims=True)
    return 1 / (1 + np.exp(-noise)) if examination.task.half == 0.5 else noise


def _finding(loss: Loss, said: float, crossed: float | None, right: float) -> Finding:
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
    "the accuracy of a loss of the learner's own, beside a count of right answers: of the network, and of answers "
    "drawn at random",
    "they differ by more than 0.02",
    "a count is exact; the slack is for targets of which a few are ignored",
    find,
    explains=("imbalance",),
)
