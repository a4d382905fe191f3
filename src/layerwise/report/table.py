"""Rows of cells laid out as lines of a given width: a row is a line, and figures are never cut."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Sequence

_STYLE = re.compile(r"\x1b\[\d+m")
_GAP, _INDENT, _INDENT_OF_NOTES = 2, 2, 6
_LEAST_NOTE = 30
"""A note that is longer and has less room goes below its row."""


def table_lines(rows: Sequence[Sequence[str]], right: Collection[int], width: int, cut: str) -> list[str]:
    """Lines of at most so many columns. right: the columns of figures, to the right. cut: what ends a name that is cut.

    Where the width does not do, the last column, if it is of words, is folded, or goes below each row where too little
    room is left for it; then the widest names are cut. Cells may be in one style each.
    """
    widths = [max(_length(cell) for cell in column) for column in zip(*rows, strict=True)]
    room, last = width - _INDENT, len(widths) - 1
    left = room - _total(widths[:-1]) - _GAP
    below = False
    if last > 0 and last not in right and left < widths[last]:
        below = left < min(_LEAST_NOTE, widths[last])
        widths[last] = left
    shown = _narrowed(widths[:-1] if below else widths, right, room)
    lines = []
    for row in rows:
        lines += _row(row[: len(shown)], shown, right, cut)
        if below:
            lines += [" " * _INDENT_OF_NOTES + part for part in _parts(row[last], width - _INDENT_OF_NOTES)]
    return lines


def _narrowed(widths: list[int], right: Collection[int], room: int) -> list[int]:
    """The widths, those of names made smaller, the widest first, until all of them fit."""
    widths = list(widths)
    names = [column for column in range(len(widths)) if column not in right]
    while names and _total(widths) > room:
        widest = max(names, key=widths.__getitem__)
        if widths[widest] <= 1:
            break
        widths[widest] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int], right: Collection[int], cut: str) -> list[str]:
    """The line of a row, and more below it where its last cell is folded."""
    *cells, last = row
    place = len(cells)
    folded = [last] if place in right or not place else _parts(last, widths[place])
    line = [_cell(cell, widths[column], column in right, cut) for column, cell in enumerate(cells)]
    line.append(_cell(folded[0] if folded else "", widths[place], place in right, cut))
    below = " " * (_INDENT + sum(widths[:place]) + _GAP * place)
    return [(" " * _INDENT + (" " * _GAP).join(line)).rstrip(), *(below + part for part in folded[1:])]


def _cell(cell: str, width: int, right: bool, cut: str) -> str:
    """The cell with spaces around it, or cut, in its own style."""
    from rich.cells import set_cell_size

    text = _plain(cell)
    if _length(cell) > width and not right:
        kept = set_cell_size(text, max(0, width - len(cut))) + cut[:width]
        return cell.replace(text, kept)
    space = " " * (width - _length(cell))
    return space + cell if right else cell + space


def _parts(cell: str, width: int) -> list[str]:
    """The words of a cell in parts that fit, each in its style."""
    text = _plain(cell)
    return [cell.replace(text, part) for part in textwrap.wrap(text, max(1, width), break_on_hyphens=False)]


def _plain(cell: str) -> str:
    return _STYLE.sub("", cell)


def _length(cell: str) -> int:
    """Columns that a cell takes: two for each letter of some scripts."""
    from rich.cells import cell_len

    return cell_len(_plain(cell))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
