"""Raw columns of a table: numbers or categories, with their gaps, before anything is learnt from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.errors import DataError, KindError, ShapeError
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Features:
    """N rows of raw columns.

    names: one a column. columns: (N,) each; float64 numbers with NaN for a gap, or int32 codes of categories with -1
    for a gap. categories: the texts of the codes, None for a column of numbers.
    """

    names: tuple[str, ...]
    columns: tuple[Array, ...]
    categories: tuple[tuple[str, ...] | None, ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[tuple[str, Array, tuple[str, ...] | None]]:
        return zip(self.names, self.columns, self.categories, strict=True)

    def take(self, rows: Array) -> Features:
        """Some of the rows."""
        return Features(self.names, tuple(column[rows] for column in self.columns), self.categories)

    def keep(self, places: Array | list[int]) -> Features:
        """Some of the columns."""
        names, columns, categories = zip(*(list(self)[place] for place in places), strict=True)
        return Features(names, columns, categories)

    def without(self, names: tuple[str, ...]) -> Features:
        """All columns but these."""
        return self.keep([place for place, name in enumerate(self.names) if name not in names])

    def place(self, name: str, what: str) -> int:
        """Where the column of this name stands."""
        if name not in self.names:
            raise DataError(f"there is no column {name!r} for {what}: the columns are {', '.join(self.names[:12])}")
        return self.names.index(name)


def features_of(x: Any) -> Features:
    """Columns from a matrix (N, D) of numbers, or from a mapping or DataFrame of names to columns.

    A column of texts, or of True and False, is one of categories. None, NaN and "" are gaps.

    >>> features = features_of({"age": [30, None, 50], "town": ["Ulm", "", "Bonn"]})
    >>> features.columns[0].tolist(), features.columns[1].tolist(), features.categories
    ([30.0, nan, 50.0], [1, -1, 0], (None, ('Bonn', 'Ulm')))
    """
    if isinstance(x, Mapping) or hasattr(x, "columns"):
        found = {str(name): _column(str(name), x[name]) for name in (x if isinstance(x, Mapping) else x.columns)}
    else:
        matrix = np.asarray(x)
        if matrix.ndim < 2:
            raise ShapeError(f"x must be a matrix (N, D) or a table of named columns, got shape {matrix.shape}")
        matrix = matrix.reshape(len(matrix), -1)
        found = {f"x{place}": _column(f"x{place}", matrix[:, place]) for place in range(matrix.shape[1])}
    if not found:
        raise DataError("x has no columns: at least one is needed to learn from")
    if len(sizes := {len(column) for column, _ in found.values()}) > 1:
        raise ShapeError(f"all columns must have the same number of rows, got {sorted(sizes)}")
    return Features(tuple(found), tuple(column for column, _ in found.values()), tuple(c for _, c in found.values()))


def codes_of(values: Any) -> tuple[Array, tuple[str, ...]]:
    """Values as codes (N,), -1 for a gap, and the sorted texts that they stand for."""
    cells = list(values)
    texts = ["" if _is_gap(cell) else str(cell) for cell in cells]
    names = tuple(sorted(set(texts) - {""}))
    code_of = {name: code for code, name in enumerate(names)}
    return np.array([code_of.get(text, -1) for text in texts], dtype=np.int32), names


def _column(name: str, values: Any) -> tuple[Array, tuple[str, ...] | None]:
    cells = np.asarray(values)
    if cells.ndim != 1:
        raise ShapeError(f"the column {name!r} must be a list of cells, got shape {cells.shape}")
    if cells.dtype.kind in "iuf":
        return _finite(name, cells.astype(np.float64)), None
    if cells.dtype.kind in "cmM":
        raise KindError(f"the column {name!r} has cells of {cells.dtype}: turn them into numbers or texts first")
    if cells.dtype.kind == "O" and all(_is_gap(cell) or _is_number(cell) for cell in cells):
        return _finite(name, np.array([np.nan if _is_gap(cell) else float(cell) for cell in cells])), None
    return codes_of(cells)


def _finite(name: str, values: Array) -> Array:
    if np.isinf(values).any():
        raise DataError(
            f"row {int(np.argmax(np.isinf(values)))} of {name!r} is infinite: numbers must be finite, or gaps"
        )
    return values


def _is_gap(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip()) or bool(cell != cell)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float | np.number) and not isinstance(cell, bool)
