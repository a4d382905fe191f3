"""Surfaces over the plane: costs of two numbers, small enough to be seen whole, on which optimizers show what they do.

A surface is a function of two tensors, written in the arithmetic of `layerwise.autograd`, so that no slope is written
by hand: `def bowl(x, y): return x**2 + y**2`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from layerwise.arrays import real_array
from layerwise.autograd import Tensor
from layerwise.checks import number
from layerwise.errors import KindError, ShapeError
from layerwise.types import Array

Height: TypeAlias = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Surface:
    """A cost of two numbers. name: for titles. height: of tensors. low: the least cost, where it is known.

    start, goal, rates: of a race, unless told otherwise: where it begins, the cost that ends it, and the rates of plain
    descent, momentum and Adam. x, y: from where to where a picture of it goes.

    >>> bowl = Surface("bowl", lambda x, y: x**2 + y**2)
    >>> bowl.values([3.0, 0.0], [4.0, 1.0])
    array([25.,  1.])
    >>> value, slope = bowl.at([3.0, 4.0])
    >>> value, slope
    (25.0, array([6., 8.]))
    """

    name: str
    height: Height
    start: tuple[float, float] = (1.0, 1.0)
    x: tuple[float, float] = (-2.0, 2.0)
    y: tuple[float, float] = (-2.0, 2.0)
    low: float = 0.0
    goal: float = 1e-4
    rates: tuple[float, float, float] = (0.01, 0.01, 0.1)

    def values(self, x: Any, y: Any) -> Array:
        """The cost at many places: x and y of one shape, and so the costs."""
        x, y = real_array("x", x, np.float64), real_array("y", y, np.float64)
        if x.shape != y.shape:
            raise ShapeError(f"x and y must have one shape, got {x.shape} and {y.shape}: write np.meshgrid(x, y)")
        return np.asarray(self._tensor(Tensor(x), Tensor(y)).value)

    def at(self, place: Any) -> tuple[float, Array]:
        """The cost at one place (2,), and its gradient (2,)."""
        x, y = (Tensor(float(each)) for each in place)
        cost = self._tensor(x, y)
        cost.backward()
        slope = [0.0 if each.grad is None else float(each.grad) for each in (x, y)]
        return float(cost.value), np.array(slope)

    def _tensor(self, x: Tensor, y: Tensor) -> Tensor:
        cost = self.height(x, y)
        if not isinstance(cost, Tensor):
            raise KindError(f"a surface is a function of two tensors that returns a tensor, got {type(cost).__name__}")
        return cost


def turned(surface: Surface, degrees: float) -> Surface:
    """The same surface, turned around the origin against the clock, and its start with it.

    >>> quarter = turned(Surface("ramp", lambda x, y: x + 0 * y, start=(2.0, 0.0)), 90)
    >>> quarter.values([0.0], [2.0]).round(9), np.round(quarter.start, 9).tolist()
    (array([2.]), [0.0, 2.0])
    """
    turn = math.radians(number("degrees", degrees))
    c, s = math.cos(turn), math.sin(turn)
    right, up = surface.start
    return replace(
        surface,
        name=f"{surface.name}, turned by {degrees:g}°",
        height=lambda x, y: surface.height(c * x + s * y, -s * x + c * y),
        start=(c * right - s * up, s * right + c * up),
    )


RAVINE = Surface(
    "(x² + 100 y²) / 2",
    lambda x, y: 0.5 * (x**2 + 100 * y**2),
    x=(-1.5, 1.5),
    y=(-1.5, 1.5),
    rates=(0.019, 0.01, 0.1),
)
"""A ravine, a hundred times as steep across as along: the largest stable rate of plain descent is 2 / 100."""
SADDLE = Surface(
    "x² - y² + y⁴ / 4",
    lambda x, y: x**2 - y**2 + 0.25 * y**4,
    start=(1.5, 0.01),
    low=-1.0,
    goal=-0.999,
    rates=(0.05, 0.02, 0.1),
)
"""Flat at the origin, which is no minimum: two lie beside it, at y = ±√2, with cost -1."""
BANANA = Surface(
    "(1 - x)² + 100 (y - x²)²",
    lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    start=(-1.5, 2.0),
    y=(-1.0, 3.0),
    goal=1e-2,
    rates=(0.001, 0.0005, 0.1),
)
"""A bent valley, easy to fall into and slow to walk along; its minimum is at (1, 1). Source: Rosenbrock, An automatic
method for finding the greatest or least value of a function, The Computer Journal 3 (1960)."""

SURFACES = {"ravine": RAVINE, "turned ravine": turned(RAVINE, 45), "saddle": SADDLE, "banana": BANANA}
