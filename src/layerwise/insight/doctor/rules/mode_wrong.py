"""Training and evaluation mode mixed up: dropout in evaluation, or none in training."""

from __future__ import annotations

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    update = examination.update
    if update is not None and update.kind == "mode":
        return _finding(
            "The step computes its gradient in evaluation mode: dropout does not drop, and batch normalisation learns "
            "nothing of its batches.",
            Evidence("relative difference from the update in training mode", update.error, 0.0, "wanted"),
            "the function step: net(x), or net.forward(x) without training=True",
            Cure("net.forward(x, training=True) in every step, also after an evaluation"),
        )
    found = examination.randomness
    if not found > 0:
        return None
    return _finding(
        "The same rows, evaluated twice, get two answers: something is drawn at random where nothing should be.",
        Evidence("difference of two evaluations, beside the size of the answers", found, 0.0, "wanted"),
        "the layers of the learner's own that draw random numbers",
        Cure("draw only where pass_.training is True"),
        experiment=lambda: Confirmation("evaluated twice", "difference of the answers", 0.0, found, found > 0),
    )


def _finding(sentence: str, evidence: Evidence, suspect: str, cure: Cure, **more: object) -> Finding:
    return Finding("mode-wrong", "sick", sentence, evidence, suspect, (cure,), "certain", **more)  # type: ignore[arg-type]


RULE = Rule(
    "mode-wrong",
    "before",
    "two evaluations of the same rows; a step of the learner's own beside the update in either mode",
    "two evaluations differ at all; the step is the update of evaluation mode to within 1 %, and not that of training",
    "evaluation is a function: the same input gives the same bits",
    find,
    explains=("overfitting", "underfitting", "update-wrong", "axes-swapped", "batchnorm-statistics"),
)
