"""Batches: every epoch visits every sample once, in an order of its own."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.random import generator
from layerwise.types import Array


def shuffled(n: int, seed: int, epoch: int, run: int = 0) -> Array:
    """The order (n,) in which an epoch visits its samples; it depends on seed, epoch and run alone.

    run: a number that tells runs on one network apart; 0 unless given.

    >>> sorted(int(row) for row in shuffled(5, seed=0, epoch=3))
    [0, 1, 2, 3, 4]
    """
    return generator(seed, "shuffle", step=epoch, chunk=run).permutation(n)


def batches(order: Array, batch_size: int, start: int = 0) -> Iterator[Array]:
    """Cut an order into rows of batches, from sample `start` on; the last batch may be smaller.

    >>> import numpy as np
    >>> [batch.tolist() for batch in batches(np.array([3, 1, 4, 0, 2]), 2)]
    [[3, 1], [4, 0], [2]]
    """
    for begin in range(start, len(order), batch_size):
        yield order[begin : begin + batch_size]
