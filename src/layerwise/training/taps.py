"""Several taps at one step: all of them see what one would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerwise.tap import Call, Tap
from layerwise.types import Array


class Together(Tap):
    """Hands everything on to each of some taps, in their order."""

    def __init__(self, taps: Sequence[Tap]) -> None:
        self.taps = taps
        self.curious = [tap for tap in taps if tap.operations]
        self.operations = bool(self.curious)

    def activation(self, where: str, value: Array) -> None:
        for tap in self.taps:
            tap.activation(where, value)

    def gradient(self, where: str, gradient: Array) -> None:
        for tap in self.taps:
            tap.gradient(where, gradient)

    def value(self, where: str, name: str, value: Array) -> None:
        for tap in self.taps:
            tap.value(where, name, value)

    def operation(self, call: Call) -> None:
        for tap in self.curious:
            tap.operation(call)

    def operation_backward(self, call: Call, upstream: tuple[Any, ...], gradients: Any) -> None:
        for tap in self.curious:
            tap.operation_backward(call, upstream, gradients)


def together(taps: Sequence[Tap]) -> Tap | None:
    """One tap that stands for all of them; None for none.

    >>> together([]) is None, together([one := Tap()]) is one
    (True, True)
    """
    if not taps:
        return None
    return taps[0] if len(taps) == 1 else Together(taps)
