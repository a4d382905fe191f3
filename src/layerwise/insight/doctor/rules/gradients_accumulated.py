"""Gradients of earlier steps are never cleared: each step goes by the sum of all gradients so far."""

from __future__ import annotations

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    update = examination.update
    if update is None or update.kind != "accumulated":
        return None
    return Finding(
        "gradients-accumulated",
        "sick",
        "Each step goes by the sum of all gradients so far, to 1 %: those of earlier steps are never set to 0.",
        Evidence("length of the step over that of the summed gradients", update.factor, 1.0, "exact"),
        "the function step: net.zero_grad() is missing",
        (Cure("net.zero_grad() before every backward"),),
        "certain",
    )


RULE = Rule(
    "gradients-accumulated",
    "before",
    "four updates of the learner's step, beside those of the gradients summed up from the first step on",
    "they agree to 1 %, and do not agree with the updates of each batch's own gradient",
    "g_1 + ... + g_t in place of g_t: no other mistake has these numbers",
    find,
    explains=("update-wrong", "exploding", "diverged", "rate-too-high", "plateau", "dead-units", "saturated-units"),
)
