"""How a row of layers is computed where twins are in use: what runs as one, and how threads share the work."""

from __future__ import annotations

from typing import Any

from layerwise.compiled.workers import parts
from layerwise.errors import ShapeError
from layerwise.layers import Layer, MultiheadAttention, Pass
from layerwise.layers.convolution import Convolution
from layerwise.layers.recurrence import Recurrent
from layerwise.losses import Loss
from layerwise.network.container import Container, leaves
from layerwise.network.fusion import DenseChain, fused
from layerwise.network.parts import in_parts
from layerwise.network.quiet import quietly
from layerwise.network.row import in_turn
from layerwise.types import Array, Backward

FASTER_IN_PARTS = Convolution, MultiheadAttention
"""Layers whose networks gain where each thread takes some samples through all layers. Measured: recurrent ones do not,
since half a batch makes their products less than half as fast, nor dense ones, whose products share work by nature."""
SHARED_WITHIN = Convolution, Recurrent
"""Layers whose twins share a batch among our threads by themselves, if the threads of matrix products keep quiet."""
WORTH_PARTS = 8_000_000
"""From so many multiplications in a batch on, half the work is worth that threads wait for each other twice."""


class Plan:
    """Made once for a row, at its first pass with twins."""

    def __init__(self, row: Container) -> None:
        self.row = row
        self.units = fused(row.layers)
        self.in_parts = _has(row, FASTER_IN_PARTS) and each_sample_alone(row)
        self.quiet = _has(row, SHARED_WITHIN)
        self.work: dict[tuple[int, ...], int] = {}

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        units = self.units if pass_.tap is None else self.row.layers  # somebody may look at the values between them
        if pass_.shared:
            return in_turn(units, x, pass_)
        number = self.parts_of(x, pass_)
        if number > 1:
            return in_parts(units, x, pass_, number)
        return (quietly if self.quiet else in_turn)(units, x, pass_)

    def parts_of(self, x: Array, pass_: Pass) -> int:
        """Into how many parts a batch is cut: 1 where it may not be, or would not gain."""
        if not self.in_parts or pass_.state is not None:
            return 1
        number = min(parts(), len(x))
        gains = len(x) * self.multiplications(x.shape[1:]) >= WORTH_PARTS
        return number if gains else 1

    def cost(self, x: Array, target: Any, loss: Loss, weight: Any, denominator: float | None) -> float | None:
        """The value of a loss behind the row, its gradient added into grad, where all that can be one call; or None."""
        chain = self.units[0]
        if len(self.units) > 1 or type(chain) is not DenseChain:
            return None
        return chain.cost(x, target, loss, weight, denominator)

    def multiplications(self, shape: tuple[int, ...]) -> int:
        """For one sample of this shape, forward; 0 if it does not fit, of which the layers will say more."""
        if shape not in self.work:
            try:
                found = sum(layer.multiplications(before or ()) for _, layer, before, _ in leaves(self.row, shape))
            except ShapeError:
                found = 0
            self.work[shape] = found
        return self.work[shape]


def each_sample_alone(layer: Layer) -> bool:
    """Whether a batch may be cut: no layer, as far as we know them all, looks from one sample at another.

    >>> from layerwise.layers import BatchNorm1d, Linear
    >>> each_sample_alone(Linear(2, 3)), each_sample_alone(BatchNorm1d(3))
    (True, False)
    """
    known = type(layer).__module__.partition(".")[0] == __name__.partition(".")[0]
    return known and not layer.mixes_samples and all(each_sample_alone(child) for _, child in layer.children())


def shares_batches(layer: Layer) -> bool:
    """Whether our own threads may do some of the work.

    >>> from layerwise.layers import GRU, Linear
    >>> from layerwise.network import Sequential
    >>> shares_batches(Sequential(GRU(3, 4), Linear(4, 2))), shares_batches(Linear(4, 2))
    (True, False)
    """
    return _has(layer, FASTER_IN_PARTS + SHARED_WITHIN)


def _has(layer: Layer, kinds: tuple[type[Layer], ...]) -> bool:
    """Whether the layer, or one in it, is of these kinds."""
    return isinstance(layer, kinds) or any(_has(child, kinds) for _, child in layer.children())
