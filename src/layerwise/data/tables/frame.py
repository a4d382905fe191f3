"""A frame: the raw columns of a table, each with a name, and a place for each row. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from layerwise.data.tables.values import Cells, Values, missing_rows, raw_values
from layerwise.data.tables.words import listed, row_place, shorten, shown, suggestion
from layerwise.errors import DataError, KindError


class Frame:
    """What every frame has. label: what messages call the table. notes: what was done to read it.

    decimal: the mark that other cells of the file prove to stand before decimals, "." or ","; "" if none does.
    """

    label: str
    path: Path | None = None
    names: tuple[str, ...]
    rows: int
    notes: tuple[str, ...] = ()
    decimal: str = ""

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, Values]]:
        """The raw values of some columns, one after the other, so that not all need stand in memory at once."""
        raise NotImplementedError

    def column(self, name: str) -> Values:
        """The raw values of one column."""
        return next(iter(self.columns([name])))[1]

    def release(self) -> None:
        """Give back what reading the columns needed; they can be read again."""

    def place(self, row: int) -> str:
        """Where a row (counted from 0) stands: `line 3 of houses.csv`."""
        raise NotImplementedError

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def find(self, name: object, *, what: str) -> str:
        """The name, if there is such a column; else a `DataError` with the nearest name."""
        if not isinstance(name, str):
            raise KindError(f"{what} must be the name of a column, got {shown(name)}")
        if name not in self.names:
            raise DataError(f"{self.label} has no column {shown(name)} for {what}.{suggestion(name, self.names)}")
        return name


class Cellwise(Frame):
    """A frame of columns that lie in memory: a mapping of names to cells, a DataFrame, the cells of a workbook."""

    def __init__(
        self, columns: Mapping[str, Cells], label: str = "the table", notes: Sequence[str] = (), row: str = ""
    ) -> None:
        self.label = label
        self.notes = tuple(notes)
        self._values = {str(name): raw_values(str(name), cells) for name, cells in columns.items()}
        self.names = tuple(self._values)
        self._row = row
        sizes = {name: len(missing_rows(values)) for name, values in self._values.items()}
        if len(set(sizes.values())) > 1:
            found = ", ".join(f"{name!r} {size}" for name, size in sizes.items())
            raise DataError(shorten(f"all columns need the same number of rows, got {found}", 300))
        self.rows = next(iter(sizes.values()), 0)

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, Values]]:
        return ((name, self._values[name]) for name in names)

    def place(self, row: int) -> str:
        return f"row {row + 2:,} of {self._row}" if self._row else row_place(row)


def frame_of(table: Any) -> Frame:
    """The frame of a table in memory: a mapping of names to cells, or a DataFrame of pandas, Polars and their like.

    >>> frame_of({"a": [1, 2], "b": ["x", "y"]}).names
    ('a', 'b')
    """
    if isinstance(table, Frame):
        return table
    if hasattr(table, "columns") and hasattr(table, "__getitem__") and not isinstance(table, Mapping):
        names = [str(name) for name in table.columns]
        if doubled := [name for name in names if names.count(name) > 1]:
            raise DataError(f"the table has two columns of the name {listed(doubled[:1])}: give each one of its own")
        return Cellwise({str(name): table[name] for name in table.columns})
    if not isinstance(table, Mapping):
        raise KindError(f"columns must map each name to its cells, got {type(table).__name__}")
    return Cellwise(table)
