"""Gradients of any expression: in which order?"""

from __future__ import annotations

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
        """The recursion that one writes first: take what arrives, and hand on all that is there."""
        self.visits += 1
        self.grad += arriving
        for parent in self.parents:
            parent.backward(self.grad)


@example
def reused_value() -> Axes:
    """With a = 1, b = a + a, c = b + b: which gradient does a recursion find at a?"""
    doublings = np.arange(1, 11)
    by_recursion, in_order, visits = [], [], []
    for times in doublings:
        naive, tensor = Value(1.0), Tensor(1.0)
        for start, found in ((naive, by_recursion), (tensor, in_order)):
            value = start
            for _ in range(times):
                value = value + value
            value.backward()
            found.append(float(start.grad))
        visits.append(naive.visits)
    same("2ⁿ for n doublings", 2.0**doublings, in_order)
    print(f"  recursion: {by_recursion[1]:g}; each value after all that use it: {in_order[1]:g}")
    print(f"  after ten doublings: {by_recursion[-1]:.3g} and {in_order[-1]:,.0f}; a was visited {visits[-1]:,} times")
    ax = lines(
        doublings, {"by recursion": by_recursion, "in order": in_order}, log="y",
        title="Handing on too early counts some of the gradient twice",
        labels=("doublings of a", "gradient at a (logarithmic)"),
    )  # fmt: skip
    ax.set_xticks(range(1, 11))
    return ax
