"""Features and labels out of step: each row has the target of another."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.reference import MOST, reachable
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array

SHIFTS = (1, -1, 2, -2, 3, -3, 4, 5, 8, 10)
CLEAR = 0.25
SEEN = 0.3


def find(examination: Examination) -> Finding | None:
    data = examination.data
    if len(data.x) < 40 or examination.reachable > CLEAR:
        return None
    return _shifted(examination) or _held(examination) or _perhaps(examination)


def _shifted(examination: Examination) -> Finding | None:
    """The targets belong to the rows before or after them."""
    x, target = np.asarray(examination.data.x[:MOST]), np.asarray(examination.data.target[:MOST])
    found = [(_reach(examination, x, np.roll(target, -shift, axis=0)), shift) for shift in SHIFTS]
    best, shift = max(found)
    if best < max(SEEN, examination.reachable + 0.2, 3 * max(0.03, float(np.median([each for each, _ in found])))):
        return None
    return _finding(
        f"Moved by {abs(shift)} row{'s' * (abs(shift) > 1)}, the targets fit the inputs (skill {best:.2f} for nearest "
        f"neighbours and a straight line on rows that they have not seen); as they stand they do not "
        f"({examination.reachable:.2f}).",
        Evidence("skill of simple methods as the rows stand", examination.reachable, best, "with the targets moved"),
        "certain",
    )


def _held(examination: Examination) -> Finding | None:
    """The validation part has a relation that the training part lacks."""
    held = examination.held
    if held is None or len(held.x) < 40:
        return None
    there = _reach(examination, held.x[:MOST], held.target[:MOST])
    if there < max(SEEN, examination.reachable + 0.2):
        return None
    return _finding(
        f"In the validation part inputs and targets belong together (skill {there:.2f} for nearest neighbours and a "
        "straight line on rows that they have not seen), in the training part they do not "
        f"({examination.reachable:.2f}).",
        Evidence(
            "skill of simple methods on the training part", examination.reachable, there, "on the validation part"
        ),
        "certain",
    )


def _perhaps(examination: Examination) -> Finding | None:
    """Nothing to be seen at all: told as a note, beside that of no signal."""
    if examination.course is None or not examination.has_no_signal:
        return None
    return _finding(
        "Nothing in the data joins the inputs to the targets. If they should be related, the rows may be out of step: "
        "permuted targets give the same scores.",
        Evidence("skill of simple methods on rows that they have not seen", examination.reachable, None),
        "possible",
        "note",
    )


def _reach(examination: Examination, x: Array, target: Array) -> float:
    return reachable(x, target, examination.task, examination.start.takes_indices)


def _finding(sentence: str, evidence: Evidence, sure: str, severity: str = "sick") -> Finding:
    return Finding(
        "rows-out-of-step",
        severity,
        sentence,
        evidence,
        "where x and target are sorted, shuffled or cut",
        (
            Cure("shuffle both by one order: order = rng.permutation(len(x)); x[order], target[order]"),
            Cure("cut both at the same row, and join them by a key, not by their place"),
        ),
        sure,
    )


RULE = Rule(
    "rows-out-of-step",
    "after",
    "nearest neighbours and a straight line, each row answered by the others: on the rows as they stand, with the "
    "targets moved by up to ten rows, and on the validation part",
    "chance (skill up to 0.25) as they stand, and 0.3 or more moved or in the validation part; where it is chance "
    "everywhere, a note",
    "a relation that appears as the rows are moved can not be chance; without one, rows out of step and data without a "
    "signal have the same numbers",
    find,
    explains=("no-signal", "overfitting", "underfitting", "plateau"),
)
