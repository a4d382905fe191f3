"""The run left the range of the numbers."""

from __future__ import annotations

from layerwise.errors import DivergedError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    assert examination.course is not None
    error = examination.course.record.error
    if error is None:
        return None
    record = examination.course.record
    step = error.step if isinstance(error, DivergedError) else record.updates + 1
    grown = record.losses[-1] / record.losses[0] if len(record.losses) > 1 and record.losses[0] > 0 else float("inf")
    return Finding(
        "diverged",
        "sick",
        f"The run broke off: {str(error).removesuffix(' The best weights so far are kept.')}",
        Evidence("loss of the last step that could be made, over that of the first", grown, 1.0, "or less"),
        f"update {step}",
        (
            Cure("a lower learning rate, or clip_norm=1.0", {"clip_norm": 1.0}),
            Cure("scaled inputs and targets, first weights of the library"),
        ),
        "certain",
    )


RULE = Rule(
    "diverged",
    "during",
    "whether the run came to its end",
    "a loss or a weight that is not finite, or a loss a million times the first",
    "such a loss does not come back. It is a sign: its cause is told before it, where one is found",
    find,
    explains=("plateau", "underfitting"),
)
