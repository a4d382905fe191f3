"""Gradients of any expression: what is handed on, and when?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from layerwise.autograd import Tensor
from layerwise.plots import lines
from neural_networks.example import example, same


class Value:
    """A number that remembers what it is the sum of, and counts how often it was visited."""

    def __init__(self, value: float, parents: tuple[Value, ...] = ()) -> None:
        self.value, self.parents, self.grad, self.visits = value, parents, 0.0, 0

    def __add__(self, other: Value) -> Value:
        return Value(self.value + other.value, (self, other))

    def backward(self, arriving: float = 1.0) -> None:
        """The recursion that one writes first: add what arrives to what is there, and hand on the sum."""
        self.visits += 1
        self.grad += arriving
        for parent in self.parents:
            parent.backward(self.grad)

    def backward_as_it_arrives(self, arriving: float = 1.0) -> None:
        """Right: hand on only what has arrived. Every path is walked by itself, and there are 2ⁿ of them."""
        self.visits += 1
        self.grad += arriving
        for parent in self.parents:
            parent.backward_as_it_arrives(arriving)


@example
def reused_value() -> Axes:
    """With a = 1, b = a + a, c = b + b: which gradient does a recursion find at a?"""
    doublings = np.arange(1, 11)
    by_recursion, as_it_arrives, in_order, visits = [], [], [], []
    for times in doublings:
        by_recursion.append(_doubled(Value(1.0), times, Value.backward).grad)
        patient = _doubled(Value(1.0), times, Value.backward_as_it_arrives)
        as_it_arrives.append(patient.grad)
        visits.append(patient.visits)
        in_order.append(float(_doubled(Tensor(1.0), times, Tensor.backward).grad))
    same("2ⁿ for n doublings", 2.0**doublings, in_order)
    print(f"  handing on the sum so far: {by_recursion[1]:g}; only what arrived: {as_it_arrives[1]:g}; "
          f"each value after all that use it: {in_order[1]:g}")  # fmt: skip
    print(f"  after ten doublings: {by_recursion[-1]:.3g}; {as_it_arrives[-1]:,.0f}, for which a was visited "
          f"{visits[-1]:,} times; {in_order[-1]:,.0f}, in one visit")  # fmt: skip
    ax = lines(
        doublings, {"by recursion": by_recursion, "in order": in_order}, log="y",
        title="Handing on too early counts some of the gradient twice",
        labels=("doublings of a", "gradient at a (logarithmic)"),
    )  # fmt: skip
    ax.set_xticks(range(1, 11))
    return ax


def _doubled(start: Any, times: int, backward: Callable[[Any], None]) -> Any:
    """`start`, after it was doubled so often and the way back was gone."""
    value = start
    for _ in range(times):
        value = value + value
    backward(value)
    return start
