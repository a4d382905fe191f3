"""What one cell of a table may hold: a number, a text, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from layerwise.errors import nearest
from layerwise.types import Array

Cells: TypeAlias = Sequence[Any] | Array
"""One column: texts (numbers may be written as text) or numbers."""

Place: TypeAlias = Callable[[int], str]
"""Says where a row (counted from 0) stands, in the words of the user's file."""

MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN", "NaT"}
    | {"NULL", "null", "None", "?"}
)
"""Texts that mean: no value here."""


def row_place(row: int) -> str:
    """The place of a row that comes from no file."""
    return f"row {row + 1}"


def shown(value: object, width: int = 60) -> str:
    """A value as it is written in Python, cut so that a message stays readable."""
    text = repr(value[: width + 1] if isinstance(value, str) else value)
    return text if len(text) <= width else text[: width - 1] + "…"


def suggestion(name: object, known: Iterable[str]) -> str:
    """The nearest known name, or the start of the list of all."""
    return shorten(nearest(shown(name), known), 300)


def shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first of some names, and how many more there are.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ("'a', 'b'", "'a', 'b', 'c' and 2 more")
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more


def to_number(cell: Any) -> float:
    """The number in a cell; raises ValueError for anything else, Python's `1_000` included."""
    if isinstance(cell, str) and "_" in cell:
        raise ValueError(cell)
    return float(cell)


def is_number(cell: Any) -> bool:
    """Whether the cell reads as a number (`nan` and `inf` do).

    >>> is_number(" 1e-3"), is_number("1_000"), is_number("1,5"), is_number(None)
    (True, False, False, False)
    """
    try:
        to_number(cell)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def is_missing(cell: Any) -> bool:
    """Whether the cell says that there is no value."""
    return cell is None or (isinstance(cell, str) and cell.strip() in MISSING) or cell != cell
