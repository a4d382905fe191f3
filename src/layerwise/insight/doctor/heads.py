"""The head of a network, its last layer: what numbers it can give, and what the loss makes of them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.layers import Dropout, Flatten, Identity, Layer
from layerwise.losses import BCEWithLogitsLoss, CrossEntropyLoss, Loss
from layerwise.network import Network, Sequential
from layerwise.types import Array

_FAR = 1e3
"""A bound beyond this is none: what a last layer gives to numbers up to 1e4."""


@dataclass(frozen=True)
class Head:
    """layer: the last one that does something. low, high: the ends of what it can give, ±inf where there are none.

    sums_to_one: whether its numbers are a distribution over the outputs.
    """

    layer: Layer
    low: float
    high: float
    sums_to_one: bool

    @property
    def words(self) -> str:
        """The layer and where it stands."""
        return f"layer {self.layer.address}: {self.layer!r}" if self.layer.address else repr(self.layer)


def head_of(net: Network, output: Array) -> Head:
    """The head of a network that gives such outputs."""
    layer = last_of(net.layers)
    low, high = bounds(layer, output.shape[-1])
    return Head(layer, low, high, is_distribution(output))


def last_of(layers: tuple[Layer, ...]) -> Layer:
    """The last layer that changes numbers, also within a Sequential."""
    for layer in reversed(layers):
        if isinstance(layer, Sequential):
            return last_of(layer.layers)
        if not isinstance(layer, Dropout | Flatten | Identity):
            return layer
    return layers[-1]


def bounds(layer: Layer, outputs: int) -> tuple[float, float]:
    """The ends of what a layer without parameters gives to numbers from -1e4 to 1e4."""
    if layer.trains or any(layer.children()):
        return -np.inf, np.inf
    line = np.concatenate([-np.geomspace(1e4, 1e-3, 200), [0.0], np.geomspace(1e-3, 1e4, 200)])
    z = np.stack([np.roll(line, 37 * column) for column in range(outputs)], axis=1)
    try:
        with np.errstate(all="ignore"):
            y = deepcopy(layer)(z)
    except (LayerwiseError, ValueError, IndexError):  # a layer that takes no such rows
        return -np.inf, np.inf
    y = y[np.isfinite(y)]
    if not y.size:
        return -np.inf, np.inf
    low, high = float(y.min()), float(y.max())
    return low if low > -_FAR else -np.inf, high if high < _FAR else np.inf


def is_distribution(output: Array) -> bool:
    """Whether the rows of an output are probabilities of K > 1 classes."""
    if output.shape[-1] < 2 or not np.isfinite(output).all() or output.min() < 0:
        return False
    return bool(np.abs(output.sum(axis=-1) - 1).max() < 1e-4)


def takes_logits(loss: Loss, output: Array, target: Array) -> bool:
    """Whether a loss applies a softmax or a sigmoid of its own: it does where a constant, added to all outputs of a
    row, changes nothing, as with every softmax."""
    if isinstance(loss, CrossEntropyLoss | BCEWithLogitsLoss):
        return True
    if type(loss).__module__.startswith("layerwise.losses") or output.shape[-1] < 2:
        return False
    rows = np.linspace(0.1, 0.9, output[:8].size).reshape(output[:8].shape).astype(np.float64)
    try:
        with np.errstate(all="ignore"):
            plain, moved, scaled = (loss(each, target[:8])[0] for each in (rows, rows + 3.0, 2 * rows))
    except LayerwiseError:
        return False
    return bool(abs(plain - moved) < 1e-6 * max(1.0, abs(plain)) and abs(plain - scaled) > 1e-6)
