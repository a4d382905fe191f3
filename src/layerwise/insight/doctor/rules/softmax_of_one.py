"""Softmax over one unit: e^z / e^z is 1, whatever z is, and its gradient is exactly 0."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    layers = examination.start.layers
    x = examination.patient.train[0]
    output = examination.start(np.asarray(x)[:8])
    if type(layers[-1]).__name__ != "Softmax" or output.shape[-1] != 1:
        return None
    return Finding(
        "softmax-of-one",
        "sick",
        f"{layers[-1]!r} stands over one unit, so every output is exactly 1 and no gradient comes back.",
        Evidence("share of outputs that are exactly 1:", float((output == 1).mean()), 1.0),
        f"layer {layers[-1].address}: {layers[-1]!r}",
        (Cure("Sigmoid() in its place"), Cure("two outputs, labels 0 and 1, and CrossEntropyLoss() on the logits")),
        "certain",
    )


RULE = Rule(
    "softmax-of-one",
    "before",
    "the last layer, and its outputs for some samples",
    "softmax over an axis of length 1",
    "e^z / e^z = 1 for every z: an identity, no threshold",
    find,
    explains=("plateau", "vanishing", "input-ignored"),
)
