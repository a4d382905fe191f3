"""Underfitting: simple methods answer new rows better than the network answers the rows that it has learnt from."""

from __future__ import annotations

from layerwise.insight.doctor.examination import BEHIND, Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    if not (examination.is_poor or examination.mastery < examination.reachable - BEHIND):
        return None
    return Finding(
        "underfitting",
        examination.severity,
        f"The network has a skill of {examination.mastery:.2f} on its own training rows; nearest neighbours and a "
        f"straight line reach {examination.reachable:.2f} on rows that they have not seen.",
        Evidence("skill on training rows", examination.mastery, examination.reachable, "of simple methods, new rows"),
        "the layers, the length of the run, and the penalty",
        (
            Cure(
                "more units or layers, with an activation between them: without one, layers collapse into a "
                "straight line"
            ),
            Cure("a longer run, or another rate (lw.find_lr)"),
            Cure("less penalty or dropout"),
        ),
        "possible",
    )


RULE = Rule(
    "underfitting",
    "after",
    "the skill on training rows beside that of simple methods on rows that they have not seen",
    "0.15 less",
    "training rows are the easier ones: who is behind there has not learnt what the data hold",
    find,
    explains=("plateau",),
)
