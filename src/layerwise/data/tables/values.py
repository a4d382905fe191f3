"""The raw values of a column: numbers, or texts of which each different one is kept once; and the words for a gap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from layerwise.data.tables.words import shown
from layerwise.errors import DataError
from layerwise.types import Array

Cells: TypeAlias = Sequence[Any] | Array
"""One column in memory: texts (numbers may be written as text), numbers, dates."""

MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN", "NaT"}
    | {"NULL", "null", "None", "?"}
)
"""Texts that mean: no value here. A column of categories may still have one of them as a category: `None` often is."""

NO_NUMBER = MISSING | {".", "-", "--", "—", "–", "..", "...", "n.a.", "N.A.", "n.a", "na", "none", "NONE", "n/d", "nd"}
"""The same, and more, where all other cells are numbers."""

INFINITE = frozenset({"Inf", "inf", "INF", "+Inf", "+inf", "-Inf", "-inf", "-INF", "Infinity", "infinity", "-Infinity"})
"""No number to count with: where a column holds such, it is a gap, and told."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of texts: row n holds names[codes[n]], and nothing where codes[n] is -1.

    >>> texts = gather(["Ulm", "", "Bonn", "Ulm"])
    >>> texts.codes, texts.names
    (array([ 0, -1,  1,  0], dtype=int32), ('Ulm', 'Bonn'))
    """

    codes: Array
    names: tuple[str, ...]

    @property
    def missing(self) -> Array:
        """(N,) booleans: where there is no value."""
        return self.codes < 0

    @property
    def counts(self) -> Array:
        """How often each name stands in the column."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))

    def rows(self, *names: str) -> Array:
        """The rows that hold one of these texts, ascending."""
        return np.flatnonzero(np.isin(self.codes, [self.names.index(name) for name in names]))

    def first(self, names: Collection[str]) -> int:
        """The first row that holds one of these texts."""
        return int(self.rows(*names)[0])

    def replace(self, new: dict[str, str]) -> Texts:
        """The column with other texts in the place of some; an empty one leaves a gap.

        >>> gather(["Yes", "yes", "?"]).replace({"yes": "Yes", "?": ""}).codes
        array([ 0,  0, -1], dtype=int32)
        """
        return gather([*(new.get(name, name) for name in self.names), ""]).at(self.codes)

    def at(self, codes: Array) -> Texts:
        """The column with the rows of this one that stand at `codes`."""
        return Texts(self.codes[codes], self.names)


Values: TypeAlias = Array | Texts
"""A column as it was read: float64 numbers (N,), NaN where there is none, or texts."""


def missing_rows(values: Values) -> Array:
    """(N,) booleans: where a column has no value."""
    return values.missing if isinstance(values, Texts) else np.isnan(values)


def gather(cells: Iterable[str], count: int = -1) -> Texts:
    """Texts, without the blanks around them, each different one kept once. count: how many there are, if known."""
    code_of: dict[str, int] = {"": -1}
    codes = np.fromiter((code_of.setdefault(cell.strip(), len(code_of) - 1) for cell in cells), np.int32, count=count)
    return Texts(codes, tuple(code_of)[1:])


def raw_values(name: str, cells: Cells) -> Values:
    """A column that lies in memory: numbers stay numbers, all else is text, and dates are written as ISO 8601 has them.

    Errors: `DataError` for what is no column.

    >>> raw_values("age", [1, None, 2.5])
    array([1. , nan, 2.5])
    """
    if hasattr(cells, "to_numpy"):  # a column of a DataFrame, of pandas or Polars
        cells = cells.to_numpy()
    check_column(name, cells)
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf":
        return cells.astype(np.float64)
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "M":
        return gather("" if text == "NaT" else text for text in np.datetime_as_string(cells, unit="s").tolist())
    if all(is_gap(cell) or isinstance(cell, int | float | np.number | np.bool_) for cell in cells):
        return _numbers(cells)
    return gather((_text(cell) for cell in cells), len(cells))


def is_gap(cell: Any) -> bool:
    """Whether a cell of another kind than text says that there is no value: None, NaN, NaT and their like."""
    if isinstance(cell, str):
        return False
    if cell is None:
        return True
    try:
        return bool(cell != cell)
    except (TypeError, ValueError):  # pandas' NA is neither equal nor unequal to anything
        return True


def check_column(name: str, cells: Cells) -> None:
    """A column is a sequence with one plain cell a row, and not, say, a single text."""
    single = isinstance(cells, str | bytes) or (isinstance(cells, np.ndarray) and cells.ndim == 0)
    if single or not isinstance(cells, Sequence | np.ndarray) or np.ndim(next(iter(cells), 0)) != 0:
        raise DataError(f"the column {name!r} must be a sequence of cells, one a row; got {shown(cells)}")


def _numbers(cells: Cells) -> Values:
    try:
        return np.array([np.nan if is_gap(cell) else float(cell) for cell in cells], dtype=np.float64)
    except OverflowError:  # a whole number beyond float64 is read as a text, which is then refused by its place
        return gather((_text(cell) for cell in cells), len(cells))


def _text(cell: Any) -> str:
    """A cell as text; whole numbers without a point, so that 3 and 3.0 in one column are the same."""
    if is_gap(cell):
        return ""
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    return str(cell)
