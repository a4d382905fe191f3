"""How sure a forecast is, and how sure it is that one forecaster is better than another."""

from __future__ import annotations

import numpy as np

from layerwise.random import generator
from layerwise.types import Array


def margins(past: Array, share: float = 0.9) -> float:
    """How far to both sides of a forecast the interval reaches that holds the share of what comes.

    past: errors of forecasts that were made before, (n,); the next error is taken to be one of their kind.
    share: 0.9 unless given. The next error itself counts as the (n + 1)-th; infinite where too few are known.
    Source: Vovk, Gammerman and Shafer, Algorithmic learning in a random world (2005), conformal prediction

    >>> margins(np.arange(1.0, 20.0))
    18.0
    """
    sizes = np.sort(np.abs(past))
    place = int(np.ceil(share * (len(sizes) + 1))) - 1
    return float(sizes[place]) if place < len(sizes) else float("inf")


def rolling_margins(each: Array, first: int, share: float = 0.9) -> Array:
    """The margin at each moment from `first` on, by the errors of the moments before it: (len(each) - first,)."""
    return np.array([margins(each[:row], share) for row in range(first, len(each))])


def skill(ours: Array, theirs: Array, *, block: int, seed: int = 0, draws: int = 2000) -> tuple[float, float, float]:
    """By which share our RMSE is below theirs, and the 95 % interval of that: (skill, low, high).

    ours, theirs: errors at the same moments, (n,), or ours (seeds, n). block: moments that are drawn together, since
    errors of neighbours belong together. seed, draws: of the bootstrap.
    Source: Künsch, The jackknife and the bootstrap for general stationary observations (1989)

    >>> skill(np.full(50, 1.0), np.full(50, 2.0), block=5)
    (0.5, 0.5, 0.5)
    """
    squares = np.atleast_2d(ours**2).mean(axis=0), theirs**2
    n = len(theirs)
    starts = generator(seed, "blocks").integers(n, size=(draws, -(-n // block), 1))
    rows = ((starts + np.arange(block)) % n).reshape(draws, -1)[:, :n]
    a, b = (square[rows].mean(axis=1) for square in squares)
    low, high = np.quantile(1 - np.sqrt(a / b), [0.025, 0.975])
    return float(1 - np.sqrt(squares[0].mean() / squares[1].mean())), float(low), float(high)
