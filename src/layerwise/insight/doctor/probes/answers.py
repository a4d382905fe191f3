"""What an answer may depend on: on its own row, and on nothing else."""

from __future__ import annotations

import numpy as np

from layerwise.network import Network
from layerwise.types import Array

ROWS = 6


def difference(a: Array, b: Array) -> float:
    """The largest difference of two answers, beside the size of their numbers."""
    size = max(float(np.abs(a).max(initial=0)), float(np.abs(b).max(initial=0)), 1e-12)
    return float(np.abs(a - b).max(initial=0)) / size


def alone(net: Network, x: Array) -> float:
    """How much the answers of a batch differ from those of its rows taken one by one, in evaluation mode."""
    x = x[:ROWS]
    with np.errstate(all="ignore"):
        together = net(x)
        singles = [net(x[row : row + 1]) for row in range(len(x))]
    if any(each.shape[1:] != together.shape[1:] or len(each) != 1 for each in singles):
        return np.inf
    return difference(together, np.concatenate(singles))


def twice(net: Network, x: Array) -> float:
    """How much two evaluations of the same rows differ: not at all."""
    with np.errstate(all="ignore"):
        return difference(net(x[:64]), net(x[:64]))


def spread(output: Array) -> float:
    """How much the answers differ from row to row, beside their size; 0: all rows get one answer."""
    output = output.reshape(len(output), -1).astype(np.float64)
    size = float(np.abs(output).max(initial=0))
    return float(output.std(axis=0).max(initial=0)) / size if size > 0 else 0.0
