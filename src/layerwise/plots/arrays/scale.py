"""The size at which a colour is full, and what is said of all elements, shown or not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from layerwise.types import Array
from layerwise.wording import quantity

_AT_ONCE = 2**20
_SPREADS = 3.0


@dataclass(frozen=True)
class Statistics:
    """Of all elements of an array. rms: the root of the mean square, the standard deviation around 0."""

    size: int
    nans: int
    infinite: int
    low: float
    high: float
    mean: float
    rms: float

    @property
    def limit(self) -> float:
        """Where colours are full: at the largest size, but at most three standard deviations from 0."""
        largest = max(abs(self.low), abs(self.high)) if self.size > self.nans + self.infinite else 0.0
        return min(largest, _SPREADS * self.rms) or 1.0

    @property
    def sentence(self) -> str:
        if self.size == self.nans + self.infinite:
            return "no finite number" if self.size else "no elements"
        return (
            f"from {quantity(self.low)} to {quantity(self.high)}, mean {quantity(self.mean)}, RMS {quantity(self.rms)}"
        )


def statistics(array: Array) -> Statistics:
    """Of any array of real numbers, part by part, so that a large one needs no second of its size.

    >>> statistics(np.array([3.0, -4.0, np.nan])).rms
    3.5355339059327378
    """
    size = nans = infinite = 0
    low, high, total = math.inf, -math.inf, 0.0
    squares, unit = 0.0, 0.0  # of the numbers divided by the largest so far, so that none overflows
    if array.size:
        for part in np.nditer(array, flags=["external_loop", "buffered", "zerosize_ok"], buffersize=_AT_ONCE):
            values = np.asarray(part, np.float64)
            good = values[np.isfinite(values)]
            size, nans = size + values.size, nans + int(np.isnan(values).sum())
            infinite += int(np.isinf(values).sum())
            if not good.size:
                continue
            low, high = min(low, float(good.min())), max(high, float(good.max()))
            largest = max(unit, abs(low), abs(high))
            squares *= (unit / largest) ** 2 if largest else 1.0
            unit = largest
            squares += float(((good / unit) ** 2).sum()) if unit else 0.0
            total += float((good / array.size).sum())
    finite = size - nans - infinite
    rms = unit * math.sqrt(squares / finite) if finite else 0.0
    mean = total * array.size / finite if finite else 0.0
    return Statistics(size, nans, infinite, low, high, mean, rms)
