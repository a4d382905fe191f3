"""The drawing of units in letters: columns of names, with every weight a line of dots between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from layerwise.layers import Linear
from layerwise.plots.drawing.columns import Column

_GAP, _PITCH = 14, 3
"""Letters between two columns, and lines from unit to unit."""
_MOST = 6
"""Units of a column: more lines would be a grey field."""
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of the eight dots of a letter of Braille, from the top, left and right."""


def unit_text(columns: Sequence[Column]) -> str:
    """The columns side by side; "" where they are too many or too tall to be read, or have ways around them.

    >>> import layerwise as lw
    >>> from layerwise.plots.drawing.columns import columns_of
    >>> print(unit_text(columns_of(lw.Network(lw.Linear(2, 1)))))
    x1⠒⠒⠤⠤⠤⣀⣀⣀⣀
               ⠉⠉⢉⣒⠶y
          ⢀⣀⠤⠤⠒⠊⠉⠁
    x2⠤⠒⠊⠉⠁
    """
    sizes = [column.units or 0 for column in columns]
    if (
        not columns
        or max(sizes) > _MOST
        or min(sizes) < 1
        or len(columns) > 5
        or any(column.starts for column in columns)
    ):
        return ""
    names = [
        [_symbol(column, unit) for unit in range(1, size + 1)] for column, size in zip(columns, sizes, strict=True)
    ]
    height = _PITCH * (max(sizes) - 1) + 1
    wide = [max(map(len, column)) for column in names]
    starts = [sum(wide[:k]) + _GAP * k for k in range(len(columns))]
    grid = [[" "] * (starts[-1] + wide[-1]) for _ in range(height)]
    for (one, before), (other, after) in pairwise(enumerate(columns)):
        if isinstance(after.layer, Linear):
            left, right = starts[one] + wide[one], starts[other]
            for up in _rows(before, height):
                for down in _rows(after, height):
                    _line(grid, left, up, right, down)
    for start, column, own in zip(starts, columns, names, strict=True):
        for row, name in zip(_rows(column, height), own, strict=True):
            grid[row][start : start + len(name)] = name
    return "\n".join("".join(row).rstrip() for row in grid)


def _rows(column: Column, height: int) -> list[int]:
    """The lines on which the units of a column stand, around the middle."""
    units = column.units or 0
    first = (height - 1 - _PITCH * (units - 1)) // 2
    return [first + _PITCH * unit for unit in range(units)]


def _symbol(column: Column, unit: int) -> str:
    letter = "x" if column.layer is None else "y" if column.role == "output" else "h"
    return letter if column.units == 1 else f"{letter}{unit}"


def _line(grid: list[list[str]], left: int, up: int, right: int, down: int) -> None:
    """Set the dots of a line from the end of one name to the start of another: two across a letter, four down."""
    across = 2 * (right - left)
    for x in range(across):
        y = 4 * up + 2 + round(4 * (down - up) * (x + 0.5) / across) - (down > up)
        place = grid[y // 4], left + x // 2
        known = ord(place[0][place[1]]) - 0x2800 if place[0][place[1]] != " " else 0
        place[0][place[1]] = chr(0x2800 + (known | _DOTS[y % 4][x % 2]))
