"""Where cells stand: the last axis across, the one before it down, and so on in turn, with wider gaps further out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from layerwise.types import Array

_GAPS = (0, 8, 18, 34, 56)
"""Pixels between neighbours, from the innermost axis of a direction outwards."""
BREAK = 14
"""Where places are left out: room for three dots."""


class Axis(NamedTuple):
    """One axis of the array in the picture. start, end: of its first stretch, for the line that names it."""

    axis: int
    start: int
    end: int


class Direction(NamedTuple):
    """All axes that go across, or all that go down. starts: the pixel where each place begins, in order of the array.

    breaks: the pixels where something is left out. axes: from the outermost to the innermost.
    """

    starts: Array
    length: int
    axes: tuple[Axis, ...]
    breaks: tuple[int, ...]


def across_and_down(count: int) -> tuple[list[int], list[int]]:
    """Which axes go across, and which down, from the outermost to the innermost.

    >>> across_and_down(4), across_and_down(3), across_and_down(1), across_and_down(0)
    (([1, 3], [0, 2]), ([0, 2], [1]), ([0], []), ([], []))
    """
    across = [axis for axis in range(count) if (count - 1 - axis) % 2 == 0]
    return across, [axis for axis in range(count) if axis not in across]


def direction(axes: Sequence[int], counts: Sequence[int], breaks: Sequence[int], cell: int) -> Direction:
    """Place the axes of one direction inside each other. counts, breaks: by axis of the array."""
    starts, length = np.zeros(1, int), cell
    named: list[Axis] = []
    dots: list[int] = []
    for level, axis in enumerate(reversed(axes)):
        gap = _GAPS[min(level, len(_GAPS) - 1)]
        number = np.arange(counts[axis])
        split = breaks[axis]
        room = max(BREAK - gap, 0)
        offsets = number * (length + gap) + room * ((number >= split) if split else 0)
        dots = [dot + int(offset) for offset in offsets for dot in dots]
        if split:
            dots.append(int(offsets[split]) - max(gap, BREAK) // 2)
        starts = (offsets[:, None] + starts[None, :]).ravel()
        length = int(offsets[-1]) + length if len(offsets) else 0
        named.insert(0, Axis(axis, 0, length))
    return Direction(starts, length, tuple(named), tuple(dots))


def widest_cell(axes: Sequence[int], counts: Sequence[int], breaks: Sequence[int], room: int, most: int) -> int:
    """The largest side of a cell, up to `most`, with which a direction fits into the room; at least 2."""
    for cell in range(most, 2, -1):
        if direction(axes, counts, breaks, cell).length <= room:
            return cell
    return 2
