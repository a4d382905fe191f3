"""Networks whose twins have threads of their own keep those of the matrix products quiet meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.layers import Layer, Pass
from layerwise.layers.convolution import Convolution
from layerwise.layers.recurrence import Recurrent
from layerwise.network.row import Unit, in_turn
from layerwise.types import Array, Backward


def share_batches(layers: Sequence[Layer]) -> bool:
    """Whether the twin of one of the layers, or of one in them, shares its batch among our own threads.

    >>> from layerwise.layers import GRU, Linear
    >>> share_batches([Linear(2, 3), GRU(3, 4)]), share_batches([Linear(2, 3)])
    (True, False)
    """
    return any(
        isinstance(layer, Convolution | Recurrent) or share_batches([each for _, each in layer.children()])
        for layer in layers
    )


def with_workers(units: Sequence[Unit], x: Array, pass_: Pass) -> tuple[Array, Backward]:
    """As `in_turn`, while matrix products use one thread: waiting, others would take the core from our workers."""
    from layerwise.compiled.blas import one_thread_each

    with one_thread_each():
        y, backward = in_turn(units, x, pass_)

    def quiet_backward(dy: Array) -> Array | None:
        with one_thread_each():
            return backward(dy)

    return y, quiet_backward
