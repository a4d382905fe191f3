"""Which elements of an array are shown: all of a small one, of a large one the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.types import Array

LONGEST = 128
"""Places along one axis that are shown at most: more would be too fine to see."""


@dataclass(frozen=True)
class Selection:
    """Along each axis, which places are shown, and before which of them something is left out (0: nowhere)."""

    shape: tuple[int, ...]
    places: tuple[Array, ...]
    breaks: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(len(each) for each in self.places)

    @property
    def whole(self) -> bool:
        return self.counts == self.shape

    def of(self, array: Array) -> Array:
        """The elements that are shown."""
        return array[np.ix_(*self.places)] if self.places else array

    @property
    def sentence(self) -> str:
        """What was left out; "" for nothing."""
        if self.whole:
            return ""
        shown, all_ = (" × ".join(f"{size:,}" for size in sizes) for sizes in (self.counts, self.shape))
        total = int(np.prod(self.counts)), int(np.prod(self.shape, dtype=object))
        return f"{total[0]:,} of {total[1]:,} elements are shown: {shown} of {all_}, the edges of each long axis"


def selection(shape: Sequence[int], most: int) -> Selection:
    """Show at most so many elements: the outer axes give way first, down to their first place.

    >>> selection((64, 3, 28, 28), 4096).counts, selection((784, 128), 4096).counts, selection((10000,), 4096).counts
    ((1, 3, 28, 28), (64, 64), (64,))
    """
    counts = [min(size, LONGEST if len(shape) > 1 else LONGEST // 2) for size in shape]
    for axis in range(len(counts) - 2):
        counts[axis] = _within(counts, axis, most)
    inner = sorted(range(len(counts))[-2:], key=lambda axis: counts[axis])
    if len(inner) == 2:  # the shorter one gives way as far as a square would
        others = max(1, int(np.prod(counts[:-2])))
        counts[inner[0]] = min(counts[inner[0]], max(1, int((most / others) ** 0.5)))
    for axis in inner[::-1]:
        counts[axis] = _within(counts, axis, most)
    places, breaks = [], []
    for size, count in zip(shape, counts, strict=True):
        half = 0 if count >= size else count // 2  # an odd one too many is left out
        places.append(np.concatenate([np.arange(half), np.arange(size - half, size)]) if half else np.arange(count))
        breaks.append(half)
    return Selection(tuple(shape), tuple(places), tuple(breaks))


def _within(counts: Sequence[int], axis: int, most: int) -> int:
    """So many places of an axis that the elements of all are few enough, but at least its first."""
    others = int(np.prod([count for place, count in enumerate(counts) if place != axis]))
    return min(counts[axis], max(1, most // max(others, 1)))
