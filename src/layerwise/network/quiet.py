"""Layers whose twins have threads of their own keep those of the matrix products quiet meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.compiled.blas import one_thread_each
from layerwise.layers import Pass
from layerwise.layers.pass_ import Unit
from layerwise.network.row import in_turn
from layerwise.types import Array, Backward


def quietly(units: Sequence[Unit], x: Array, pass_: Pass) -> tuple[Array, Backward]:
    """As `in_turn`, while matrix products use one thread: waiting, others would take the core from our workers."""
    with one_thread_each():
        y, backward = in_turn(units, x, pass_)

    def quiet_backward(dy: Array) -> Array | None:
        with one_thread_each():
            return backward(dy)

    return y, quiet_backward
