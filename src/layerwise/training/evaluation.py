"""How good a network is on data it does not learn from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np

from layerwise.arrays import any_array, chunks
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.samples import Batch
from layerwise.types import Array

_ROWS = 4096


def predict(net: Network, x: Array) -> Array:
    """The outputs for all of x in evaluation mode, computed in chunks so that memory stays small."""
    x = any_array("x", x)
    outputs = [net(part) for _, part in in_chunks(x, net)] or [net(x)]
    return outputs[0] if len(outputs) == 1 else np.concatenate(outputs)


def in_chunks(x: Array, net: Network) -> list[tuple[int, Array]]:
    """Some thousand samples after the other, as views, with the number of the first of each chunk.

    No chunk is a single sample beside others: a layer that takes the statistics of what it is given could not use it.
    """
    found = list(chunks(x, _ROWS, net.dtype))
    if len(found) > 1 and len(found[-1][1]) == 1:
        found.pop()
        start, _ = found.pop()
        found.append((start, x[start:]))
    return found


def evaluate(net: Network, x: Array, target: Array, loss: Loss, sample_weight: Any = None) -> dict[str, float]:
    """The mean loss, and for classes the accuracy, in evaluation mode.

    sample_weight: (N,), how much each sample counts in the mean loss; the accuracy counts heads. No more than the
    outputs of a few thousand samples are held at a time.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 3))
    >>> net.theta = np.zeros(9)
    >>> found = evaluate(net, np.ones((4, 2)), np.array([0, 0, 1, 2]), lw.CrossEntropyLoss())
    >>> {name: round(value, 4) for name, value in found.items()}   # ln 3, and half of the labels are 0
    {'loss': 1.0986, 'accuracy': 0.5}
    """
    x, target = any_array("x", x), any_array("target", target)
    weight = None if sample_weight is None else any_array("sample_weight", sample_weight)
    found, denominator, answers, right = 0.0, 0.0, 0, None
    for start, part in itertools.chain(in_chunks(x, net), [(0, x)] if x.shape[:1] == (0,) else []):
        y = net(part)
        if start == 0:
            alike = np.broadcast_to(y[:1], (len(x), *y.shape[1:]))  # the target is checked and counted as a whole
            denominator = loss.denominator(alike, target, weight)
        rows = slice(start, start + len(part))
        y_target = target[rows]
        value, _ = loss(y, y_target, None if weight is None else weight[rows], denominator)
        found += value
        if count := loss.answers(y_target):
            share = loss.accuracy(y, y_target)
            answers, right = answers + count, None if share is None else (right or 0) + round(share * count)
    return {"loss": found} if right is None else {"loss": found, "accuracy": right / answers}


def mean_loss(net: Network, batches: Iterable[Batch], loss: Loss) -> float:
    """The mean loss over all samples of some batches in evaluation mode, with the memory of one batch."""
    total, weight = 0.0, 0.0
    for batch in batches:
        if batch.total > 0:
            value, _ = loss(net(batch.x), batch.target, batch.weight)
            total, weight = total + value * batch.total, weight + batch.total
    return total / weight
