"""Columns that are encoded and wait for x to be put together: as small as their values allow.

x takes 4 bytes a feature, and a cell of a file may be one digit. A column with few different values therefore waits as
a table of what each value becomes and one small number a row, so that beside x it is hardly felt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.data.column import Column
from layerwise.data.tables.values import Texts, Values
from layerwise.data.tables.words import Place
from layerwise.types import Array

_MOST_DIFFERENT = 2**12
_ROWS = 4096
"""Rows looked at or filled at a time: they stay in the cache of a processor."""


@dataclass(frozen=True, eq=False)
class Staged:
    """The features (N, width) of a column in float32: row n is table[codes[n]], or table[n] where codes is None."""

    table: Array
    codes: Array | None = None

    @property
    def width(self) -> int:
        """How many features the column has."""
        return int(self.table.shape[1])

    def rows(self, rows: Array) -> Array:
        """Some rows of the features (R, width)."""
        return self.table[rows if self.codes is None else self.codes[rows]]


def staged(column: Column, values: Values, place: Place) -> Staged:
    """The features of what was read, as `column.encode` gives them. Errors: those of `encode`.

    >>> waiting = staged(Column("age", mean=1.0), np.array([3.0, 2.0, 3.0]), lambda row: f"row {row + 1}")
    >>> waiting.table.ravel(), waiting.codes, waiting.rows(np.array([0, 2])).ravel()
    (array([1., 2.], dtype=float32), array([1, 0, 1], dtype=uint8), array([2., 2.], dtype=float32))
    """
    if isinstance(values, Texts):
        each = Texts(np.arange(-1, len(values.names), dtype=np.int32), values.names)
        return Staged(column.encode(each, place), (values.codes + 1).astype(np.min_scalar_type(len(values.names))))
    different = _different(values)
    if different is None:
        return Staged(column.encode(values, place))
    codes = np.empty(len(values), np.min_scalar_type(len(different)))
    for begin in range(0, len(values), _ROWS):
        codes[begin : begin + _ROWS] = np.searchsorted(different, values[begin : begin + _ROWS])
    return Staged(column.encode(different, lambda code: place(int(np.argmax(codes == code)))), codes)


def assembled(columns: Sequence[Staged], rows: Array) -> Array:
    """Some rows of all columns side by side: (R, D) float32, C-contiguous."""
    x = np.empty((len(rows), sum(column.width for column in columns)), dtype=np.float32)
    for begin in range(0, len(rows), _ROWS):
        some = slice(begin, begin + _ROWS)
        start = 0
        for column in columns:
            x[some, start : start + column.width] = column.rows(rows[some])
            start += column.width
    return x


def _different(values: Array) -> Array | None:
    """The different values, ascending and NaN, a gap, last; None if they are many."""
    found = values[:0]
    for begin in range(0, len(values), _ROWS):
        found = np.unique(np.concatenate([found, values[begin : begin + _ROWS]]))
        if len(found) > _MOST_DIFFERENT:
            return None
    return found
