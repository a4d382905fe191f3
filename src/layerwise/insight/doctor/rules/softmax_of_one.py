"""Softmax over one unit: e^z / e^z is 1, whatever z is, and its gradient is exactly 0."""

from __future__ import annotations

import numpy as np

from layerwise.errors import DataError
from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import last_of
from layerwise.insight.doctor.rule import Rule
from layerwise.layers import Layer, Sigmoid, Softmax
from layerwise.losses import CrossEntropyLoss


def find(examination: Examination) -> Finding | None:
    if examination.refusal is not None:
        return _refused(examination)
    output = examination.output
    layer = last_of(examination.start.layers)
    if output.shape[-1] != 1 or not (_is_one(layer) and (output == 1).all()):
        return None
    return Finding(
        "softmax-of-one",
        "sick",
        f"{layer!r} stands over one unit: every output is exactly 1, whatever the input, and no gradient comes back. "
        "The accuracy stays at the share of the targets that are 1.",
        Evidence("share of outputs that are exactly 1", float((output == 1).mean()), 1.0, "e^z / e^z ="),
        f"layer {layer.address}: {layer!r}",
        (
            Cure("put Sigmoid() in its place, for yes or no; for a quantity, no activation at all"),
            Cure("give two outputs, labels 0 and 1, and CrossEntropyLoss() on the logits"),
        ),
        "certain",
        experiment=by_trial(examination, "Sigmoid() in its place", with_layers(_sigmoid)),
    )


def _is_one(layer: Layer) -> bool:
    """Whether a layer gives 1 to every number of its own."""
    if isinstance(layer, Softmax):
        return True
    if layer.trains or any(layer.children()):
        return False
    return bool((layer(np.array([[-3.0], [0.5], [2.0]])) == 1).all())


def _refused(examination: Examination) -> Finding | None:
    """Cross-entropy over one logit, which leaves room for one class."""
    patient = examination.patient
    if not isinstance(patient.loss, CrossEntropyLoss) or not isinstance(examination.refusal, DataError):
        return None
    outputs = last_of(patient.net.layers).output_shape(None)
    if not outputs or outputs[-1] != 1:
        return None
    return Finding(
        "softmax-of-one",
        "sick",
        f"CrossEntropyLoss takes a softmax over one logit: with one output there is one class, and its probability is "
        f"always 1. The library refuses the labels: {examination.refusal}",
        Evidence("outputs", 1.0, float(np.unique(np.asarray(patient.train[1])).size), "classes among the labels:"),
        f"layer {last_of(patient.net.layers).address}: {last_of(patient.net.layers)!r}",
        (Cure("give one output for each class"), Cure("keep one output, and take BCEWithLogitsLoss() on targets 0, 1")),
        "certain",
    )


def _sigmoid(layers: list[Layer]) -> list[Layer]:
    return [*layers[:-1], Sigmoid()]


RULE = Rule(
    "softmax-of-one",
    "before",
    "the last layer, and its outputs for some rows",
    "one output, and all outputs are exactly 1",
    "e^z / e^z = 1 for every z: an identity, so there is no threshold to choose",
    find,
    explains=("plateau", "vanishing", "input-ignored", "rate-too-low", "underfitting", "no-signal", "start-loss"),
    of_refusals=True,
)
