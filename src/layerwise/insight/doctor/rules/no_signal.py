"""No signal: the inputs say nothing about the targets. A healthy network then learns rows by heart, or nothing."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import MANY, Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.reference import reachable
from layerwise.insight.doctor.rule import Rule
from layerwise.random import generator


def find(examination: Examination) -> Finding | None:
    if not examination.has_no_signal:
        return None
    held = examination.held_skill
    beside = "" if held is None else f" The network has {held:.2f} on the validation part."
    return Finding(
        "no-signal",
        "note",
        f"There is no signal: nearest neighbours and a straight line answer new rows no better than chance (skill "
        f"{examination.reachable:.2f}).{beside} That is no disease of the network: it can learn a small batch by heart "
        f"({examination.by_heart:.2f}).",
        Evidence("skill of simple methods on rows that they have not seen", examination.reachable, None),
        "the data",
        (Cure("other features, more rows, or a target that these inputs can tell"),),
        "likely",
        experiment=lambda: _permuted(examination),
    )


def _permuted(examination: Examination) -> Confirmation:
    """The same with permuted targets: without a signal the scores are alike."""
    order = generator(0, "permuted").permutation(min(MANY, len(examination.data.x)))
    x, target = np.asarray(examination.data.x[:MANY]), np.asarray(examination.data.target[:MANY])
    after = reachable(x, target[order], examination.task, examination.start.takes_indices)
    alike = abs(after - examination.reachable) < 0.1
    return Confirmation("targets permuted", "skill of simple methods", examination.reachable, after, alike)


RULE = Rule(
    "no-signal",
    "after",
    "the skill of simple methods and of the network on rows that they have not seen; a batch learnt by heart",
    "at most 0.05 + 1.5/√N for both (0.12 from 500 rows on), "
    "at least 40 rows, and the network can learn a small batch by heart",
    "a network that learns sixteen rows by heart is well; if it finds nothing in all of them, there is nothing that is "
    "easily found. Never more than a note",
    find,
)
