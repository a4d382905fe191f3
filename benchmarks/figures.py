"""The statistics of the bench: medians, quartiles, and ratios formed round by round.

A machine that others use, or that grows warm, drifts by tens of percent within minutes. Two contenders in the same
round see nearly the same machine, so the ratio within a round is far steadier than the ratio of two medians.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median, and the quartiles that half of all values lie between."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Ratio:
    """One time as a share of another."""

    paired: Spread
    """Of the ratios within each round."""
    of_medians: float


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles (interpolated; the extremes are part of the population).

    >>> spread([4.0, 1.0, 2.0, 3.0, 100.0])
    Spread(median=3.0, lower=2.0, upper=4.0)
    >>> spread([7.0])
    Spread(median=7.0, lower=7.0, upper=7.0)
    """
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, lower, upper)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Our times as a share of theirs; the two lists are paired round by round.

    >>> ratio([10.0, 20.0, 10.0], [20.0, 40.0, 10.0])
    Ratio(paired=Spread(median=0.5, lower=0.5, upper=0.75), of_medians=0.5)
    """
    paired = spread([a / b for a, b in zip(ours, theirs, strict=True)])
    return Ratio(paired, statistics.median(ours) / statistics.median(theirs))
