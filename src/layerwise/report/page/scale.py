"""A straight scale for a few numbers, with round marks; what lies far away is shown to be beyond its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def step_of(span: float, parts: int) -> float:
    """The round step that parts a span into about so many parts, and at most one more.

    >>> step_of(60, 4), step_of(0.12, 4), step_of(7, 4)
    (20.0, 0.05, 2.0)
    """
    rough = span / (parts + 0.5)
    size = 10.0 ** math.floor(math.log10(rough))
    return next(step * size for step in _STEPS if step * size >= rough * (1 - 1e-9))


def marks_of(low: float, high: float, parts: int) -> list[float]:
    """The multiples of a round step from low to high.

    >>> marks_of(0.91, 1.0, 4)
    [0.92, 0.94, 0.96, 0.98, 1.0]
    """
    step = step_of(high - low, parts)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(k * step, digits) for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Scale:
    """From low to high, with marks at both ends and between."""

    low: float
    high: float
    marks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1; beyond the ends it stands at the end."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)

    def beyond(self, value: float) -> int:
        """-1 for a value below the scale, 1 for one above, else 0."""
        return (value > self.high) - (value < self.low)


def scale_of(values: Sequence[float], parts: int = 5, most: float | None = None) -> Scale:
    """A scale on which all of the values have a place. most: what no value is above, such as 1 for a share.

    >>> scale_of([0.978, 0.957, 0.989, 0.964], most=1.0)
    Scale(low=0.95, high=1.0, marks=(0.95, 0.96, 0.97, 0.98, 0.99, 1.0))
    """
    low, high = min(values), max(values)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    low, high = max(low - room, 0.0) if low >= 0 else low - room, high + room
    if most is not None:
        high = min(high, most)
    step = step_of(high - low, parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    marks = tuple(round(k * step, digits) for k in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks)
