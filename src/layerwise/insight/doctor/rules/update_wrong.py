"""The update is not that of the gradient: a step of the learner's own that moves the weights otherwise."""

from __future__ import annotations

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

_WORDS = {
    "sign": ("goes up the gradient, not down: its sign is wrong", "net.theta -= lr * net.grad"),
    "stale": (
        "uses the gradient of the batch before, which belongs to weights that are gone",
        "forward, backward, then the update, all of one batch",
    ),
    "frozen": ("never moves {names}", "update every parameter, biases too: net.theta is all of them"),
    "late layers only": (
        "is right for the last layers and wrong for those before them ({names}): weights are changed while the "
        "gradient is still on its way back, so that the earlier layers get it through the new ones",
        "compute all gradients first, then change all weights",
    ),
    "wrong": (
        "is not that of this loss and optimizer{of}",
        "compare it with lw.explain(...).updated, weight by weight",
    ),
}


def find(examination: Examination) -> Finding | None:
    update = examination.update
    if update is None or update.kind not in _WORDS:
        return None
    words, cure = _WORDS[update.kind]
    names = ", ".join(update.names[:4]) + (", ..." if len(update.names) > 4 else "")
    words = words.format(names=names, of=f" at {names}" if names else "")
    return Finding(
        "update-wrong",
        "sick",
        f"The step {words}.",
        Evidence("relative difference from the exact update", update.error, 0.0, "wanted"),
        "the function step",
        (Cure(cure),),
        "likely" if update.kind == "wrong" else "certain",
    )


RULE = Rule(
    "update-wrong",
    "before",
    "four updates of the learner's step, each beside the exact update of the same batch from the same weights",
    "they differ by more than 1 % of their length, whatever the rate",
    "float32 and the order of sums make less than a thousandth; a constant positive factor is another rate, no mistake",
    find,
    explains=("plateau", "underfitting", "diverged", "rate-too-low", "rate-too-high", "exploding", "dead-units",
              "saturated-units", "no-signal", "input-ignored"),
)  # fmt: skip
