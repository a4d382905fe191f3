"""Cells as pixels: each number a square, the stronger its colour the farther it is from 0, marks where colour fails."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from layerwise.plots import style
from layerwise.types import Array

_STEPS = 100
"""Strengths of each of the two colours."""
NOTHING, BORDER, NOTCH, NAN, NAN_INK, INFINITE, INFINITE_INK = range(7)
_FIRST = 7
"""The colours of numbers: so many of what is below 0, the ground, so many of what is above."""
LEAST_MARKED = 6
"""The side of a cell from which a mark can be told from another; in smaller ones a mark is a colour."""


Colours: TypeAlias = list[tuple[int, int, int, int]]


class Marks(NamedTuple):
    """How many of the elements that are shown have each mark."""

    nan: int
    infinite: int
    beyond: int


def colour_table(full: float = style.TILE) -> Colours:
    """The colours by number; the strongest is so full, 0 to 1.

    They are as strong as they are opaque, and so lie on light paper and on dark; on light they are mixed in OKLab.
    """
    brick = style.mix(style.SERIOUS, style.DARK.serious, 0.5)
    fixed = ["#000000", style.LINE_STRONG, style.GROUND, brick, brick, style.INK_FAINT, style.GROUND]
    opacity = [0, 90, 255, 80, 255, 150, 255]
    table = [(*style.rgb(colour), alpha) for colour, alpha in zip(fixed, opacity, strict=True)]
    return table + [_see_through(level / _STEPS, full) for level in range(-_STEPS, _STEPS + 1)]


def _see_through(value: float, full: float) -> tuple[int, int, int, int]:
    """A colour which, as opaque as it is strong, gives on light paper the mixture of the two."""
    strength = full * abs(value)
    if not strength:
        return 0, 0, 0, 0
    ground = np.array(style.rgb(style.ZERO))
    mixture = np.array(style.rgb(style.mix(style.POSITIVE if value > 0 else style.NEGATIVE, style.ZERO, strength)))
    red, green, blue = ((mixture - (1 - strength) * ground) / strength).round().clip(0, 255).astype(int)
    return int(red), int(green), int(blue), round(255 * strength)


def colours_of(values: Array, limit: float) -> Array:
    """The number of the colour of each value; beyond the limit it is that of the limit."""
    level = np.nan_to_num(values / limit, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1, 1)
    found = _FIRST + _STEPS + np.rint(_STEPS * level).astype(int)
    return np.where(np.isnan(values), NAN, np.where(np.isinf(values), INFINITE, found))


def marks_of(values: Array, limit: float) -> Marks:
    finite = np.isfinite(values)
    beyond = finite & (np.abs(np.where(finite, values, 0.0)) > limit * (1 + 1e-9))
    return Marks(int(np.isnan(values).sum()), int(np.isinf(values).sum()), int(beyond.sum()))


def paint(values: Array, rows: Array, columns: Array, height: int, width: int, cell: int, limit: float) -> Array:
    """(R, C) values, the pixel where each row and column begins, and the size of all → the colours of the pixels.

    Around each cell runs a border, one pixel wide, which it shares with its neighbours.
    """
    picture = np.full((height + 1, width + 1), NOTHING)
    side = np.arange(cell + 1)
    down, across = (rows[:, None] + side).ravel(), (columns[:, None] + side).ravel()
    picture[np.ix_(down, across)] = BORDER
    inner = side[1:] if cell >= 4 else side[:-1]  # small ones have no room for a border
    down, across = (rows[:, None] + inner).ravel(), (columns[:, None] + inner).ravel()
    if cell >= 4:
        down, across = (rows[:, None] + inner[:-1]).ravel(), (columns[:, None] + inner[:-1]).ravel()
    size = len(down) // max(len(rows), 1)
    colours = colours_of(values, limit)
    picture[np.ix_(down, across)] = colours.repeat(size, axis=0).repeat(size, axis=1)
    if cell >= LEAST_MARKED:
        for row, column in zip(*np.nonzero(_marked(values, limit)), strict=True):
            _mark(picture, rows[row] + 1, columns[column] + 1, size, values[row, column])
    return picture


def _marked(values: Array, limit: float) -> Array:
    with np.errstate(invalid="ignore"):
        return ~np.isfinite(values) | (np.abs(values) > limit * (1 + 1e-9))


def _mark(picture: Array, row: int, column: int, size: int, value: float) -> None:
    """A cross for what is no number, a triangle up or down for infinity, a cut corner for what is beyond the scale."""
    i, j = np.mgrid[:size, :size]
    place = picture[row : row + size, column : column + size]
    if np.isnan(value):
        place[(np.abs(i - j) < 1) | (np.abs(i + j - size + 1) < 1)] = NAN_INK
        return
    middle = (size - 1) / 2
    if np.isinf(value):
        from_tip = i if value > 0 else size - 1 - i
        place[(np.abs(j - middle) <= from_tip / 2) & (from_tip >= 1) & (from_tip <= size - 2)] = INFINITE_INK
        return
    place[j - i > size / 2] = NOTCH
