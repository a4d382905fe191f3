"""A race: optimizers start at one place of a surface, and each goes its own way down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import number, one_of, require_kind, whole_number
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.insight.descent.surfaces import SURFACES, Surface
from layerwise.optimizers import Adam, GradientDescent, Momentum, Optimizer
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Way:
    """How one optimizer went. places: (updates + 1, 2), the start first. costs: (updates + 1,).

    updates: how many it took to come below the goal; None if it did not. diverged: whether the cost left the numbers'
    range, or ended above where it began.
    """

    places: Array
    costs: Array
    updates: int | None

    @property
    def diverged(self) -> bool:
        return not np.isfinite(self.costs[-1]) or bool(self.costs[-1] > self.costs[0])


@dataclass(frozen=True, eq=False, repr=False)
class Race:
    """All ways down one surface. goal: the cost that ends the race, in the surface's unit. limit: the updates allowed.

    `str` is one sentence.
    """

    surface: Surface
    goal: float
    limit: int
    ways: dict[str, Way]

    def __repr__(self) -> str:
        return f"<Race: {self}>"

    def __str__(self) -> str:
        told = [f"{name}: {self._told(way)}" for name, way in self.ways.items()]
        return f"Updates until the cost is below {self.goal:g}: {'; '.join(told)}."

    def _told(self, way: Way) -> str:
        if way.updates is not None:
            return str(way.updates)
        return "never, it diverges" if way.diverged else f"not in {self.limit}"


def race(
    surface: str | Surface = "ravine",
    optimizers: Mapping[str, Optimizer] | None = None,
    *,
    start: Sequence[float] | None = None,
    goal: float | None = None,
    limit: int = 2000,
) -> Race:
    """Let optimizers go down a surface from one start, each until the cost is below the goal.

    surface: "ravine", "turned ravine", "saddle", "banana", or one of your own. optimizers: by the name that they run
    under; unless given, plain descent, momentum 0.9 and Adam, at rates that suit the surface. They are copied: what
    they remember stays as it was. start: x and y; goal: a cost; those of the surface unless given. limit: the most
    updates. Raises SettingError, KindError and ShapeError for what does not fit.

    On the ravine, the largest stable rate of plain descent is 2 / 100. Turned by 45°, nothing changes for plain
    descent and momentum, while Adam, which scales the axes and not the valley, loses its advantage:

    >>> print(race("ravine"))
    Updates until the cost is below 0.0001: descent 0.019: 223; momentum 0.01: 100; Adam 0.1: 82.
    >>> print(race("turned ravine"))
    Updates until the cost is below 0.0001: descent 0.019: 223; momentum 0.01: 100; Adam 0.1: 388.
    """
    if isinstance(surface, str):
        surface = SURFACES[one_of("surface", surface, SURFACES)]
    require_kind("surface", surface, Surface, "the name of a surface, or Surface(name, lambda x, y: x**2 + y**2)")
    optimizers = usual_optimizers(surface) if optimizers is None else optimizers
    if not isinstance(optimizers, Mapping):
        raise KindError(f"optimizers must be a table of names and optimizers, got {optimizers!r:.60}")
    if not optimizers:
        raise SettingError("a race needs at least one optimizer: write {'Adam': lw.Adam(lr=0.1)}")
    for name, optimizer in optimizers.items():
        require_kind(f"optimizer {name!r}", optimizer, Optimizer, "lw.Adam(lr=0.1)")
    first = real_array("start", surface.start if start is None else start, np.float64)
    if first.shape != (2,):
        raise ShapeError(f"start is a place in the plane, two numbers; got shape {first.shape}")
    require_finite("start", first)
    goal = surface.goal if goal is None else number("goal", goal)
    limit = whole_number("limit", limit)
    ways = {str(name): _way(surface, deepcopy(each), first, goal, limit) for name, each in optimizers.items()}
    return Race(surface, goal, limit, ways)


def usual_optimizers(surface: Surface) -> dict[str, Optimizer]:
    """Three that a race compares unless told otherwise."""
    descent, momentum, adam = surface.rates
    return {
        f"descent {descent:g}": GradientDescent(lr=descent),
        f"momentum {momentum:g}": Momentum(lr=momentum, gamma=0.9),
        f"Adam {adam:g}": Adam(lr=adam),
    }


def _way(surface: Surface, optimizer: Optimizer, start: Array, goal: float, limit: int) -> Way:
    theta = start.copy()
    cost, slope = surface.at(theta)
    places, costs = [theta.copy()], [cost]
    with np.errstate(all="ignore"):  # a way may leave the range of the numbers, and is told to have
        while len(costs) <= limit and np.isfinite(cost) and cost >= goal:
            optimizer.step(theta, slope)
            cost, slope = surface.at(theta)
            places.append(theta.copy())
            costs.append(cost)
    reached = len(costs) - 1 if cost < goal else None
    return Way(np.array(places), np.array(costs), reached)
