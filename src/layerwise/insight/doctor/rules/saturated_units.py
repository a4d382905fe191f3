"""Saturated units: sigmoids at 0 and 1, tanh at -1 and 1, where they have no slope."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import last_of
from layerwise.insight.doctor.rule import Rule
from layerwise.layers import Sigmoid, Tanh
from layerwise.network import Network

SLOPE = 0.04


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind:
        return None
    slopes = _slopes(examination, examination.net)
    if not slopes:
        return None
    place, slope = min(slopes.items(), key=lambda each: each[1])
    if slope > SLOPE:
        return None
    before = _slopes(examination, examination.start).get(place, 1.0)
    return Finding(
        "saturated-units",
        "warning",
        f"The units of layer {place} stand at the ends of their range: their mean slope is {slope:.2g} of the "
        "steepest, and as much is left of every gradient that passes.",
        Evidence("mean slope over the steepest", slope, before, "at the start"),
        f"layer {place}",
        (
            Cure("scaled inputs, smaller first weights"),
            Cure("a lower learning rate"),
            Cure("ReLU() or GELU(), or normalisation before the activation"),
        ),
        "possible",
    )


def _slopes(examination: Examination, net: Network) -> dict[str, float]:
    """The mean slope of each hidden sigmoid and tanh over its steepest: 4 a (1 - a), and 1 - a²."""
    try:
        seen, _ = examination.uses(net)
    except LayerwiseError:
        return {}
    last = last_of(net.layers)
    found = {}
    for use in seen:
        if use.layer is last or not np.isfinite(use.y).all():
            continue
        if isinstance(use.layer, Sigmoid):
            found[use.where] = float((4 * use.y * (1 - use.y)).mean(dtype=np.float64))
        elif isinstance(use.layer, Tanh):
            found[use.where] = float((1 - use.y**2).mean(dtype=np.float64))
    return found


RULE = Rule(
    "saturated-units",
    "after",
    "the outputs of hidden sigmoids and tanhs",
    "a mean slope below 0.04 of the steepest, in a run that failed",
    "4 a (1 - a) is 0.04 where a is 0.01 or 0.99. Networks that have learnt may saturate: it is told only of a run "
    "that failed, and after its cause",
    find,
    explains=("plateau", "vanishing"),
)
