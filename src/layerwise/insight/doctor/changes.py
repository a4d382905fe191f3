"""Changes of a patient: each a cure in code, for trials. None where there is nothing to change."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.patient import Patient
from layerwise.layers import Layer
from layerwise.network import Network
from layerwise.training.sources import is_stream

Change = Callable[[Patient], Patient | None]


def rate(factor: float) -> Change:
    """The learning rate times a factor."""

    def change(patient: Patient) -> Patient | None:
        optimizer = deepcopy(patient.optimizer)
        optimizer.lr *= factor
        return None if patient.step is not None or not optimizer.lr else patient.otherwise(optimizer=optimizer)

    return change


def standardised_inputs(patient: Patient) -> Patient | None:
    """Every feature with mean 0 and spread 1, by the training part."""
    if patient.net.takes_indices or is_stream(patient.train):
        return None
    x = np.asarray(patient.train[0], np.float64)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)

    def scaled(part: Any) -> Any:
        return part if part is None else ((np.asarray(part[0], np.float64) - mean) / spread, *part[1:])

    return patient.otherwise(train=scaled(patient.train), validation=scaled(patient.validation))


def standardised_targets(patient: Patient) -> Patient | None:
    """Quantities with mean 0 and spread 1, by the training part."""
    if is_stream(patient.train):
        return None
    target = np.asarray(patient.train[1], np.float64)
    mean, spread = target.mean(axis=0), target.std()
    if not spread > 0:
        return None

    def scaled(part: Any) -> Any:
        return part if part is None else (part[0], (np.asarray(part[1]) - mean) / spread, *part[2:])

    return patient.otherwise(train=scaled(patient.train), validation=scaled(patient.validation))


def fresh_weights(patient: Patient) -> Patient | None:
    """The same layers with first weights as the library draws them."""
    try:
        table = patient.net.spec()
        for row in _rows(table["layers"]):
            row.pop("init", None)
        return patient.otherwise(net=Network.from_spec(table))
    except LayerwiseError:  # a layer that has no name in tables
        return None


def unpenalised(patient: Patient) -> Patient | None:
    """No penalty, neither beside the loss nor in the optimizer."""
    if patient.step is not None or (patient.regularizer is None and not patient.optimizer.weight_decay):
        return None
    optimizer = deepcopy(patient.optimizer)
    optimizer.weight_decay = 0.0
    return patient.otherwise(regularizer=None, optimizer=optimizer)


def with_layers(change: Callable[[list[Layer]], list[Layer] | None]) -> Change:
    """The same weights behind or before other layers: a function from the layers to those of the changed network."""

    def changed(patient: Patient) -> Patient | None:
        layers = change([deepcopy(layer) for layer in patient.net.layers])
        if layers is None:
            return None
        net = Network(*layers, seed=patient.net.seed, dtype=patient.net.dtype)
        return patient.otherwise(net=net)

    return changed


def _rows(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows of a network's table, those inside others too."""
    found = []
    for row in layers:
        found.append(row)
        for value in row.values():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                found += _rows(value)
            elif isinstance(value, dict) and "name" in value:
                found += _rows([value])
    return found


def clipped(patient: Patient) -> Patient | None:
    """Gradients no longer than 1."""
    return None if patient.step is not None or patient.clip_norm is not None else patient.otherwise(clip_norm=1.0)


_STEEPER = {"Sigmoid": "ReLU", "Tanh": "ReLU", "RNN": "LSTM"}
_OF_LSTM = ("input_size", "hidden_size", "num_layers", "output", "bidirectional", "dropout", "bias")


def steeper(patient: Patient) -> Patient | None:
    """ReLU for sigmoid and tanh behind hidden layers, with the weights that it asks for, and LSTM for RNN."""
    try:
        table = patient.net.spec()
        rows = _rows(table["layers"])
        changed = [row for row in rows[:-1] if row["name"] in _STEEPER]
        if not changed:
            return None
        for row in changed:
            row["name"] = _STEEPER[row["name"]]
            if row["name"] == "LSTM":
                for name in set(row) - {"name", *_OF_LSTM}:
                    del row[name]
        for row in rows[:-1]:
            if row["name"] == "Linear":
                row["init"] = "he_normal"
        return patient.otherwise(net=Network.from_spec(table))
    except LayerwiseError:
        return None


def longer(times: int) -> Change:
    """So many times as many epochs."""
    return lambda patient: patient.otherwise(epochs=times * patient.epochs)
