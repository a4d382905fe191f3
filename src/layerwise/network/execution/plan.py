"""The plan of a row: which of its layers run as one, and which thread does what.

There are two kinds of threads: our own (`compiled.workers`), and those of the library for matrix products. A row goes
one of three ways, chosen here and nowhere else. Where its layers gain from it, and the batch is worth it, the batch is
sharded: each of our threads takes some samples through all layers, and products use one thread. Where twins share each
layer among our threads by themselves, the caller goes from layer to layer, and products use one thread again: others
would, while they wait for the next product, take the core from our workers. In any other row the caller does all, and
products use as many threads as they like. How many there are of each kind, a run says (`training/threads.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerwise.compiled.blas import one_thread_each
from layerwise.compiled.workers import shards
from layerwise.errors import ShapeError
from layerwise.layers import Layer, MultiheadAttention, Pass
from layerwise.layers.convolution import Convolution
from layerwise.layers.pass_ import Unit
from layerwise.layers.recurrent_base import Recurrent
from layerwise.losses import Loss
from layerwise.network.container import Container, leaves
from layerwise.network.execution.fusion import DenseChain, fused
from layerwise.network.execution.sharding import run_sharded
from layerwise.network.row import run_row
from layerwise.types import Array, Backward

FASTER_SHARDED = Convolution, MultiheadAttention
"""Layers whose networks gain where each thread takes some samples through all layers. Measured: recurrent ones do not,
since half a batch makes their products less than half as fast, nor dense ones, whose products share work by nature."""
SHARED_WITHIN = Convolution, Recurrent
"""Layers whose twins share a batch among our threads by themselves, if the threads of matrix products keep quiet."""
WORTH_SHARDING = 8_000_000
"""From so many multiplications in a batch on, half the work is worth that threads wait for each other twice."""


class Plan:
    """How one row of layers is computed where twins are in use; made once, at its first pass.

    units: the layers, those that run as one fused. shardable: whether a batch may be cut, and gains from it.
    shared_within: whether layers share a batch among our threads by themselves.
    """

    def __init__(self, row: Container) -> None:
        self.row = row
        self.units = fused(row.layers)
        self.shardable = _holds(row, FASTER_SHARDED) and each_sample_alone(row)
        self.shared_within = _holds(row, SHARED_WITHIN)
        self.work: dict[tuple[int, ...], int] = {}

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        units = self.units if pass_.tap is None else self.row.layers  # somebody may look at the values between them
        if pass_.shared:
            return run_row(units, x, pass_)
        number = self.shards_of(x, pass_)
        if number > 1:
            return run_sharded(units, x, pass_, number)
        return (run_row_with_single_products if self.shared_within else run_row)(units, x, pass_)

    def shards_of(self, x: Array, pass_: Pass) -> int:
        """Into how many shards a batch is cut: 1 where it may not be, or would not gain."""
        if not self.shardable or pass_.state is not None:
            return 1
        number = min(shards(), len(x))
        gains = len(x) * self.multiplications(x.shape[1:]) >= WORTH_SHARDING
        return number if gains else 1

    def backpropagate(self, x: Array, target: Any, loss: Loss, weight: Any, denominator: float | None) -> float | None:
        """As of a network, where both ways and the loss between them can be one call; None where they can not."""
        chain = self.units[0]
        if len(self.units) > 1 or type(chain) is not DenseChain:
            return None
        return chain.backpropagate(x, target, loss, weight, denominator)

    def multiplications(self, shape: tuple[int, ...]) -> int:
        """For one sample of this shape, forward; 0 if it does not fit, of which the layers will say more."""
        if shape not in self.work:
            try:
                found = sum(layer.multiplications(before or ()) for _, layer, before, _ in leaves(self.row, shape))
            except ShapeError:
                found = 0
            self.work[shape] = found
        return self.work[shape]


def run_row_with_single_products(units: Sequence[Unit], x: Array, pass_: Pass) -> tuple[Array, Backward]:
    """As `run_row`, while matrix products use one thread."""
    with one_thread_each():
        y, backward = run_row(units, x, pass_)

    def backward_with_single_products(dy: Array) -> Array | None:
        with one_thread_each():
            return backward(dy)

    return y, backward_with_single_products


def each_sample_alone(layer: Layer) -> bool:
    """Whether a batch may be cut: no layer, as far as we know them all, looks from one sample at another.

    >>> from layerwise.layers import BatchNorm1d, Linear
    >>> each_sample_alone(Linear(2, 3)), each_sample_alone(BatchNorm1d(3))
    (True, False)
    """
    package = __name__.partition(".")[0]
    return all(
        type(each).__module__.partition(".")[0] == package and not each.mixes_samples for _, each in layer.walk()
    )


def shares_batches(layer: Layer) -> bool:
    """Whether our own threads may do some of the work.

    >>> from layerwise.layers import GRU, Linear
    >>> from layerwise.network import Sequential
    >>> shares_batches(Sequential(GRU(3, 4), Linear(4, 2))), shares_batches(Linear(4, 2))
    (True, False)
    """
    return _holds(layer, FASTER_SHARDED + SHARED_WITHIN)


def _holds(layer: Layer, kinds: tuple[type[Layer], ...]) -> bool:
    """Whether the layer, or one in it, is of these kinds."""
    return any(isinstance(each, kinds) for _, each in layer.walk())
