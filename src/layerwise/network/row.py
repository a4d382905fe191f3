"""Layers one after the other: the output of each is the input of the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from layerwise.layers import Pass
from layerwise.types import Array, Backward


class Unit(Protocol):
    """What stands in a row: a layer, or several of them fused into one."""

    address: str

    @property
    def trains(self) -> bool:
        """Whether there is anything to learn in it."""

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""


def in_turn(units: Sequence[Unit], x: Array, pass_: Pass) -> tuple[Array, Backward]:
    """The output of the last unit, and the way back through all of them, each shown to the tap if there is one."""
    if len(units) == 1 and pass_.tap is None:
        return units[0].forward(x, pass_)
    backwards: list[Backward] = []
    for unit in units:
        x, backward = unit.forward(x, pass_)
        if pass_.tap is not None:
            backward = pass_.watch(unit.address, x, backward)
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
