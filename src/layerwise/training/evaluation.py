"""How good a network is on data it does not learn from."""

from __future__ import annotations

import numpy as np

from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.types import Array

_ROWS = 4096


def predict(net: Network, x: Array) -> Array:
    """The outputs for all of x in evaluation mode, computed in parts so that memory stays small."""
    if len(x) <= _ROWS:
        return net(x)
    return np.concatenate([net(x[start : start + _ROWS]) for start in range(0, len(x), _ROWS)])


def evaluate(net: Network, x: Array, target: Array, loss: Loss) -> dict[str, float]:
    """The mean loss, and for classes the accuracy, in evaluation mode.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 3))
    >>> net.theta = np.zeros(9)
    >>> evaluate(net, np.ones((4, 2)), np.array([0, 0, 1, 2]), lw.CrossEntropyLoss())
    {'loss': 1.0986123085021973, 'accuracy': 0.5}
    """
    output = predict(net, x)
    value, _ = loss(output, target)
    right = loss.accuracy(output, target)
    return {"loss": value} if right is None else {"loss": value, "accuracy": right}
