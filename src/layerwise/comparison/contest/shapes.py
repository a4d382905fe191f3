"""The shape of the columns: skew and tails, which networks suffer from and trees do not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.comparison.contest.features import Features
from layerwise.types import Array

_SKEWED, _HEAVY = 2.0, 0.02
"""The skewness of an exponential distribution; and the share of values far out from which tails are called heavy, of
which a normal column has one in a million."""
_FAR = 5.0


@dataclass(frozen=True)
class Shape:
    """A column of numbers.

    skewness: 0 of a symmetric one, 2 of an exponential one. kurtosis: the excess, 0 of a normal one. far: the share of
    its values that lie more than 5 robust standard deviations from the median, which the network's inputs are clipped
    at. gaps: the share that is missing. different: values.
    """

    column: str
    skewness: float
    kurtosis: float
    far: float
    gaps: float
    different: int

    @property
    def is_skewed(self) -> bool:
        """More than an exponential distribution."""
        return abs(self.skewness) > _SKEWED

    @property
    def is_heavy(self) -> bool:
        """More than 2 % of it is far out."""
        return self.far > _HEAVY


def shapes_of(features: Features) -> tuple[Shape, ...]:
    """The shape of every column of numbers.

    >>> from layerwise.comparison.contest.features import features_of
    >>> shape, = shapes_of(features_of({"x": [0, 0, 0, 1, 1, 1, 2, 2, 2, 40]}))
    >>> round(shape.skewness, 2), round(shape.kurtosis, 2), shape.far, shape.is_skewed
    (2.64, 5.04, 0.1, True)
    """
    return tuple(_shape(name, column) for name, column, categories in features if categories is None)


def _shape(name: str, column: Array) -> Shape:
    known = column[~np.isnan(column)]
    gaps = 1 - len(known) / len(column)
    if not len(known):
        return Shape(name, math.nan, math.nan, math.nan, 1.0, 0)
    spread = float(known.std())
    low, middle, high = np.percentile(known, [25, 50, 75])
    robust = float(high - low) / 1.349 or spread  # the standard deviation of a normal column
    if spread == 0:
        return Shape(name, 0.0, 0.0, 0.0, gaps, 1)
    z = (known - known.mean()) / spread
    far = float(np.mean(np.abs(known - middle) > _FAR * robust))
    return Shape(name, float(np.mean(z**3)), float(np.mean(z**4)) - 3, far, gaps, len(np.unique(known)))


def told(shapes: Sequence[Shape]) -> str:
    """How many columns are skewed or have heavy tails, and the worst of them."""
    if not shapes:
        return ""
    odd = [shape for shape in shapes if shape.is_skewed or shape.is_heavy]
    if not odd:
        return f"Columns of numbers: none of {len(shapes)} is skewed or has heavy tails."
    worst = max(odd, key=lambda shape: abs(shape.skewness))
    verb = "is" if len(odd) == 1 else "are"
    return (
        f"Columns of numbers: {len(odd)} of {len(shapes)} {verb} skewed or heavy-tailed, most of all {worst.column!r} "
        f"(skewness {worst.skewness:.1f}, {100 * worst.far:.1f} % far out); a network sees them clipped, trees do not "
        "mind."
    )
