"""Layers one after the other: the output of each is the input of the next."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.layers.pass_ import Pass, Unit
from layerwise.types import Array, Backward


def in_turn(units: Sequence[Unit], x: Array, pass_: Pass) -> tuple[Array, Backward]:
    """The output of the last unit, and the way back through all of them, each shown to the tap if there is one."""
    if len(units) == 1:
        return pass_.take(units[0], x)
    backwards: list[Backward] = []
    for unit in units:
        x, backward = pass_.take(unit, x)
        if pass_.saves:
            backwards.append(backward)
        # Behind the first layer that learns, every layer's input gradient is needed.
        pass_.input_gradient = pass_.input_gradient or unit.trains

    def backward_all(dy: Array) -> Array | None:
        dx: Array | None = dy
        for backward in reversed(backwards):
            if dx is None:  # nothing below wants a gradient
                break
            dx = backward(dx)
        return dx

    return x, backward_all
