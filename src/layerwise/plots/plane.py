"""A plane through the features of a table: two of them move, the others are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import whole_number
from layerwise.errors import SettingError, ShapeError
from layerwise.types import Array


@dataclass(frozen=True)
class Plane:
    """x: (N, D), all features of the points. features: the two that move. held: (D,), where the others are held."""

    x: Array
    features: tuple[int, int]
    held: Array
    how: str

    @property
    def points(self) -> Array:
        """(N, 2), the points as they lie on the plane."""
        return self.x[:, list(self.features)]

    def rows(self, places: Array) -> Array:
        """(M, 2) places of the plane → (M, D) rows of the table."""
        rows = np.tile(self.held, (len(places), 1))
        rows[:, list(self.features)] = places
        return rows

    @property
    def words(self) -> str:
        """What a picture of it has to say; "" where there are no other features."""
        others = self.x.shape[1] - 2
        if not others:
            return ""
        return f"{'the other feature' if others == 1 else f'the other {others} features'} held at {self.how}"

    def grid(self, resolution: int, equal: bool) -> tuple[Array, Array, Array]:
        """The coordinates across and up, with a margin around the points, and all places of the plane, (M, 2)."""
        points = self.points
        (left, right), (low, high) = _square(points) if equal else (_range(points[:, 0]), _range(points[:, 1]))
        across, up = np.linspace(left, right, resolution), np.linspace(low, high, resolution)
        return across, up, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


def plane_of(x: Any, features: Sequence[int] | None = None, held: Any = None) -> Plane:
    """features: which two of the D features move; unless given, there must be just two. held: (D,), where the others
    are held; their medians unless given, but the nearest value that there is."""
    points = real_array("x", x)
    if points.ndim != 2 or points.shape[1] < 2 or len(points) == 0:
        raise ShapeError(f"a plane has two features, so x must be (N, 2) or wider; got {points.shape}")
    require_finite("x", points)
    D = points.shape[1]
    if features is None and D > 2:
        raise ShapeError(
            f"a plane has two features, and x has {D}", "say which move, such as features=(0, 1); the others are held"
        )
    chosen = _chosen((0, 1) if features is None else features, D)
    if held is None:
        values, how = np.quantile(points, 0.5, axis=0, method="nearest"), "the median"
    else:
        values, how = real_array("held", held, np.float64), "the values given"
        if values.shape != (D,):
            raise ShapeError(f"held must have one value for each of the {D} features, got shape {values.shape}")
        require_finite("held", values)
    return Plane(points, chosen, values.astype(points.dtype if points.dtype.kind == "f" else np.float64), how)


def _chosen(features: Sequence[int], count: int) -> tuple[int, int]:
    found = tuple(whole_number("features", each, minimum=0) for each in features)
    if len(found) != 2 or found[0] == found[1] or max(found) >= count:
        raise SettingError(f"features must be two different columns from 0 to {count - 1}, got {tuple(features)}")
    return found[0], found[1]


def _range(values: Array) -> tuple[float, float]:
    """From the smallest to the largest, with a margin."""
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _square(points: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two ranges, the shorter one widened to the length of the other."""
    across, up = _range(points[:, 0]), _range(points[:, 1])
    half = max(across[1] - across[0], up[1] - up[0]) / 2
    middles = sum(across) / 2, sum(up) / 2
    return (middles[0] - half, middles[0] + half), (middles[1] - half, middles[1] + half)
