"""What one cell of a table may hold: a number, a text, or nothing; and the sentence when it holds the wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from layerwise.errors import DataError, nearest
from layerwise.types import Array

Cells: TypeAlias = Sequence[Any] | Array
"""One column: texts (numbers may be written as text) or numbers."""

Place: TypeAlias = Callable[[int], str]
"""Says where a row (counted from 0) stands, in the words of the user's file."""

MISSING = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "?"})
"""Texts that mean: no value here."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ ,.']\d{3})+([.,]\d+)?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")


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


def numbers(name: str, cells: Cells, place: Place = row_place) -> Array:
    """A column as finite float64 numbers (N,), or a `DataError` that names the first cell that is none.

    >>> numbers("age", ["1", " 2.5"])
    array([1. , 2.5])
    """
    check_column(name, cells)
    try:
        if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf":
            values = cells.astype(np.float64)
        else:
            values = np.fromiter(map(to_number, cells), dtype=np.float64, count=len(cells))
    except (TypeError, ValueError, OverflowError):
        row = next(row for row, cell in enumerate(cells) if not is_number(cell))
        raise _wrong_cell(name, cells[row], place(row)) from None
    finite = np.isfinite(values)
    if not finite.all():
        row = int(np.argmin(finite))
        raise _wrong_cell(name, cells[row], place(row))
    return values


def texts(name: str, cells: Cells, place: Place = row_place) -> list[str]:
    """A column as texts without blanks around them, or a `DataError` that names the first missing one."""
    check_column(name, cells)
    found = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    for row, cell in enumerate(found):
        if is_missing(cell):
            raise _wrong_cell(name, cells[row], place(row))
    return [cell if isinstance(cell, str) else str(cell) for cell in found]


def infer(name: str, cells: Cells, place: Place = row_place) -> Array | list[str]:
    """A column as numbers if every cell is one, else as texts. Missing values are refused.

    >>> infer("size", ["1", "2"]), infer("size", ["1", "large"])
    (array([1., 2.]), ['1', 'large'])
    """
    found = texts(name, cells, place)
    if all(map(is_number, found)):
        return numbers(name, found, place)
    return found


def foreign_numbers(cells: Sequence[str]) -> str:
    """How to write a column of numbers in another notation so that it is read: one sentence, or nothing.

    >>> foreign_numbers(["1,5", "2,25"])
    ' They look like numbers with a decimal comma: write 1.5 for 1,5.'
    """
    if all(is_number(cell) or _DECIMAL_COMMA.fullmatch(cell) for cell in cells):
        return " They look like numbers with a decimal comma: write 1.5 for 1,5."
    if all(is_number(cell) or _THOUSANDS.fullmatch(cell) for cell in cells):
        return " They look like numbers with marks between the thousands: write 1234.5 for 1,234.5."
    return ""


def looks_like(cells: Sequence[str], place: Place = row_place) -> str:
    """What a column of texts probably is instead of categories: one sentence with the cure, or nothing."""
    if hint := foreign_numbers(cells):
        return hint
    if all(map(_DATE.fullmatch, cells)):
        return " They look like dates, which are not read yet: write parts of them (year, month) as numbers."
    strange = [row for row, cell in enumerate(cells) if not is_number(cell)]
    if len(strange) <= 0.1 * len(cells):
        row = strange[0]
        return (
            f" {len(cells) - len(strange)} of {len(cells)} cells are numbers; the first that is none is "
            f"{shown(cells[row])} in {place(row)}: correct it if the column is meant as numbers."
        )
    return ""


def check_column(name: str, cells: Cells) -> None:
    """A column is a sequence with one plain cell a row, and not, say, a single text."""
    if isinstance(cells, str) or not hasattr(cells, "__len__") or np.ndim(cells[0] if len(cells) else 0) != 0:
        raise DataError(f"the column {name!r} must be a sequence of cells, one a row; got {shown(cells)}")


def _wrong_cell(name: str, cell: Any, where: str) -> DataError:
    if is_missing(cell):
        return DataError(
            f"{where}: the value of {name!r} is missing ({shown(cell)}): fill it in, or leave out the row "
            f"or the column (drop=[{name!r}])"
        )
    if is_number(cell):
        return DataError(f"{where}: the value of {name!r} must be finite, got {shown(cell)}")
    return DataError(f"{where}: the value of {name!r} must be a number, got {shown(cell)}")
