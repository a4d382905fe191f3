"""A raw column as numbers or as texts, with its gaps: what is read from cells, and what is refused with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from layerwise.data.cells import MISSING, Cells, Place, is_missing, is_number, row_place, shown, to_number
from layerwise.errors import DataError
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of texts, each different one kept once: row n holds names[codes[n]], and nothing where codes[n] is -1.

    >>> texts = read_texts("town", ["Ulm", "NA", "Bonn", "Ulm"])
    >>> texts.codes, texts.names
    (array([ 0, -1,  1,  0], dtype=int32), ('Ulm', 'Bonn'))
    """

    codes: Array
    names: tuple[str, ...]

    @property
    def missing(self) -> Array:
        """(N,) booleans: where there is no value."""
        return self.codes < 0

    def rows(self, *names: str) -> Array:
        """The rows that hold one of these texts, ascending."""
        return np.flatnonzero(np.isin(self.codes, [self.names.index(name) for name in names]))


Values: TypeAlias = Array | Texts
"""A column as it was read: float64 numbers (N,), NaN where there is none, or texts."""


def missing_rows(values: Values) -> Array:
    """(N,) booleans: where a column has no value."""
    return values.missing if isinstance(values, Texts) else np.isnan(values)


def infer(chunks: Iterable[Sequence[Any]], count: int) -> Array | None:
    """The numbers in `count` cells that come in pieces, NaN where one is missing; None if a cell is another text.

    >>> infer([["1", "NA"], ["2.5"]], 3), infer([["1", "large"]], 2)
    (array([1. , nan, 2.5]), None)
    """
    values = np.empty(count)
    start = 0
    for chunk in chunks:
        numbers = _numbers(chunk)
        if numbers is None:
            return None
        values[start : start + len(numbers)] = numbers
        start += len(numbers)
    return values


def read_numbers(name: str, cells: Cells, place: Place = row_place) -> Array:
    """A column as float64 numbers (N,), NaN where a value is missing.

    Errors: `DataError` that names the first cell that is neither, or is infinite.

    >>> read_numbers("age", ["1", " 2.5", None])
    array([1. , 2.5, nan])
    """
    check_column(name, cells)
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf":
        values = cells.astype(np.float64)
    else:
        found = _numbers(cells)
        if found is None:
            row = next(row for row, cell in enumerate(cells) if not (is_missing(cell) or is_number(cell)))
            raise wrong_cell(name, cells[row], place(row))
        values = found
    check_finite(name, values, cells, place)
    return values


def check_finite(name: str, values: Array, cells: Cells, place: Place) -> None:
    """Refuse numbers beyond float64, and infinite ones."""
    infinite = np.isinf(values)
    if infinite.any():
        row = int(np.argmax(infinite))
        raise wrong_cell(name, cells[row], place(row))


def read_texts(name: str, cells: Cells) -> Texts:
    """A column as texts without blanks around them."""
    check_column(name, cells)
    return gather([cells], len(cells))


def gather(chunks: Iterable[Iterable[Any]], count: int) -> Texts:
    """`count` cells that come in pieces, as texts."""
    code_of: dict[str, int] = {}
    flat = (_text(cell) for chunk in chunks for cell in chunk)
    codes = np.fromiter((code_of.setdefault(text, len(code_of)) for text in flat), dtype=np.int32, count=count)
    known = [text for text in code_of if text not in MISSING]
    position = {text: code for code, text in enumerate(known)}
    new_code = np.array([position.get(text, -1) for text in code_of], dtype=np.int32)
    return Texts(new_code[codes] if count else codes, tuple(known))


def require_all(name: str, values: Values, cells: Cells, place: Place) -> None:
    """Refuse a column with a missing value, and say where the first one is."""
    missing = missing_rows(values)
    if missing.any():
        row = int(np.argmax(missing))
        raise wrong_cell(name, cells[row], place(row))


def check_column(name: str, cells: Cells) -> None:
    """A column is a sequence with one plain cell a row, and not, say, a single text."""
    rows = isinstance(cells, Sequence | np.ndarray) or hasattr(cells, "iloc")  # pandas; a dict or a set has no rows
    single = isinstance(cells, str | bytes) or (isinstance(cells, np.ndarray) and cells.ndim == 0)
    if single or not rows or np.ndim(next(iter(cells), 0)) != 0:
        raise DataError(f"the column {name!r} must be a sequence of cells, one a row; got {shown(cells)}")


def wrong_cell(name: str, cell: Any, where: str) -> DataError:
    """The sentence about a cell that is missing, infinite, or no number."""
    if is_missing(cell):
        return DataError(f"{where}: the value of {name!r} is missing ({shown(cell)}): fill it in, or leave out the row")
    if is_number(cell):
        return DataError(f"{where}: the value of {name!r} must be finite, got {shown(cell)}")
    return DataError(f"{where}: the value of {name!r} must be a number, got {shown(cell)}")


def _numbers(cells: Sequence[Any] | Array) -> Array | None:
    try:
        if "_" not in "".join(cells):  # float reads 1_000 as a thousand; a table means something else
            plain = (float("nan" if cell in MISSING else cell) for cell in cells)
            return np.fromiter(plain, dtype=np.float64, count=len(cells))
    except (TypeError, ValueError):  # not all are texts, or some have blanks around them, or are no numbers
        pass
    try:
        each = (np.nan if is_missing(cell) else to_number(cell) for cell in cells)
        return np.fromiter(each, dtype=np.float64, count=len(cells))
    except (TypeError, ValueError, OverflowError):
        return None


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return "" if is_missing(cell) else str(cell)
