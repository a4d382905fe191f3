"""Text files of cells between delimiters: read by DuckDB, in the dialect that was found, column by column.

DuckDB reads strictly: a row of another width, or a quote that is never closed, is refused and not repaired. The module
csv then finds the line to name; and where it finds none (lines that end in two ways), it reads the file itself.
"""

from __future__ import annotations

import itertools
import re
import tempfile
import weakref
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from layerwise.data.tables.dialect import Dialect, find_dialect
from layerwise.data.tables.frame import Cellwise, Frame
from layerwise.data.tables.header import column_names, numbered
from layerwise.data.tables.lines import line_of, records
from layerwise.data.tables.source import TextFile, aligned_cells, text_file
from layerwise.data.tables.values import MISSING, Values, gather
from layerwise.data.tables.words import counted
from layerwise.errors import DataError
from layerwise.types import Array

_CELLS_A_PASS = 2_000_000
"""Cells that stand in memory as texts or float64 at once; a long file is read several times, a few columns each."""
_MOST_COLUMNS_A_PASS = 500
_COLUMNS_A_LOOK = 100
_SAMPLE_ROWS = 1000
_LONGEST_LINE, _BUFFER = 2**20, 2**21
"""Bytes for DuckDB, which holds some of these buffers; a file with longer lines is read by the module csv."""

_GAPS = ", ".join("'" + word + "'" for word in sorted(MISSING))
_GROUPED = r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"
"""A number of which nobody can tell whether its point stands before decimals or between thousands."""
_POINT = re.compile(r"[+-]?(\d*\.(\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d+)")
"""One of which everybody can."""
_PROOF_OF_DECIMALS = re.compile(
    r"[^\d.,]{0,4}(\d*([.,])(\d{1,2}|\d{4,})|0([.,])\d+|\d+\.\d{3}(,)\d+|\d+,\d{3}(\.)\d+)\D{0,5}"
)


class Queried(Frame):
    """A frame that DuckDB reads from a file, each column when it is asked for.

    proven: columns in which a cell was seen that can be read in one way only.
    """

    def __init__(
        self, label: str, names: Sequence[str], relation: str, arguments: Sequence[Any], proven: Collection[str] = ()
    ) -> None:
        self.label = label
        self.names = tuple(names)
        self._number = {name: number for number, name in enumerate(names)}
        self._relation = relation
        self._arguments = list(arguments)
        self._proven = frozenset(proven)
        self._plain: dict[str, bool] = {}
        self._connection: Any = None
        self.rows = int(self._query("count(*)").fetchone()[0])

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, Values]]:
        most = max(1, min(_MOST_COLUMNS_A_PASS, _CELLS_A_PASS // max(1, self.rows)))
        self._look_at([name for name in names if name not in self._plain])
        for group in _batched(names, most):
            wanted = [f"{self._cell(name, self._plain[name])} AS v{k}" for k, name in enumerate(group)]
            found = self._query(", ".join(wanted)).fetchnumpy()
            for k, name in enumerate(group):
                yield name, self._values(name, found.pop(f"v{k}"))

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _values(self, name: str, found: Array) -> Values:
        if not self._plain[name]:
            return gather(np.ma.filled(found, "").tolist(), len(found))
        numbers = np.ma.filled(found, np.nan)
        if not np.isinf(numbers).any():
            return numbers
        self._plain[name] = False  # beyond float64: read as text, so that the cell can be named
        return self.column(name)

    def _look_at(self, names: Sequence[str]) -> None:
        """Which columns hold nothing but plain numbers and gaps, none of which can be read in two ways."""
        for group in _batched(names, _COLUMNS_A_LOOK):
            counts = self._query(", ".join(fact for name in group for fact in self._facts(name))).fetchone()
            for name, (odd, zeros, dotted, grouped) in zip(group, _batched(counts, 4), strict=True):
                self._plain[name] = not odd and not zeros and not (grouped and grouped == dotted)

    def _facts(self, name: str) -> list[str]:
        """Counts of cells: that are no plain numbers, that begin with a zero as codes do, with a point, and with a
        point that may stand between thousands."""
        text = self._cell(name, as_number=False)
        no_number = f"(TRY_CAST({text} AS DOUBLE) IS NULL OR contains({text}, '_'))"
        facts = [
            f"count(*) FILTER ({text} NOT IN ({_GAPS}) AND {no_number})",
            f"count(*) FILTER ({text} LIKE '0_%' AND {text} NOT LIKE '0.%' AND {text} NOT LIKE '0e%')",
        ]
        if name in self._proven:
            return [*facts, "0", "0"]
        dotted = f"contains({text}, '.')"
        return [
            *facts,
            f"count(*) FILTER ({dotted})",
            f"count(*) FILTER ({dotted} AND regexp_full_match({text}, '{_GROUPED}'))",
        ]

    def _cell(self, name: str, as_number: bool) -> str:
        # Without the trim DuckDB 2.0 hands the cast down to its reader of CSV, which fails where TRY_CAST would not.
        text = f"trim(CAST(c{self._number[name]} AS VARCHAR))"
        return f"TRY_CAST({text} AS DOUBLE)" if as_number else text

    def _query(self, what: str) -> Any:
        import duckdb

        if self._connection is None:
            self._connection = duckdb.connect(config={"threads": 2})
            self._connection.execute("SET enable_progress_bar = false")
        try:
            return self._connection.execute(f"SELECT {what} FROM {self._relation}", self._arguments)
        except duckdb.Error as error:
            raise DataError(f"{self.label} can not be read: {str(error).splitlines()[0]}") from error


class Delimited(Queried):
    """The frame of a text file in its dialect."""

    def __init__(
        self, file: TextFile, dialect: Dialect, names: Sequence[str], notes: Sequence[str], sample: Sequence[list[str]]
    ) -> None:
        self.path = file.path
        self._file, self._dialect = file, dialect
        self.notes = tuple(notes)
        path = file.path
        if not file.is_plain:
            folder = tempfile.TemporaryDirectory(prefix="layerwise-")
            weakref.finalize(self, folder.cleanup)
            path = file.plain_copy(folder.name)
        columns = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(names)))
        relation = (
            f"read_csv(?, auto_detect=false, columns={{{columns}}}, delim=?, quote=?, escape=?, "
            f"header={'true' if dialect.header else 'false'}, skip={dialect.skip}, strict_mode=true, "
            f"null_padding=false, max_line_size={_LONGEST_LINE}, buffer_size={_BUFFER})"
        )
        arguments = [str(path), dialect.delimiter, dialect.quote, dialect.quote]
        proven = {name for name, *cells in zip(names, *sample, strict=False) if any(map(_POINT.fullmatch, cells))}
        super().__init__(file.path.name, names, relation, arguments, proven)

    def place(self, row: int) -> str:
        return f"line {line_of(self._file.open, self._dialect, self.label, row):,} of {self.label}"


class Lined(Cellwise):
    """The frame of a text file that was read by the module csv."""

    def __init__(self, label: str, columns: dict[str, Any], lines: list[int], notes: Sequence[str]) -> None:
        self._lines = lines
        self._texts = {name: gather(cells) for name, cells in columns.items()}
        self.label, self.names, self.rows, self.notes = label, tuple(columns), len(lines), tuple(notes)

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, Values]]:
        return ((name, self._texts[name]) for name in names)

    def place(self, row: int) -> str:
        return f"line {self._lines[row]:,} of {self.label}"


def read_delimited(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> Frame:
    """The frame of a text file. Errors: `DataError`, with the line, when it is no table."""
    file = text_file(path, encoding)
    dialect = find_dialect(file.open, delimiter)
    if dialect.width < 2 and delimiter is None and _is_aligned(file):
        file = replace(file, aligned=True)
        dialect = find_dialect(file.open, "\t")
    first = next(records(file.open, dialect, path.name), None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise DataError(f"{path.name} is empty: a header line with the names of the columns was expected")
    header = first[1] if dialect.header else []
    width = max(dialect.width, len(header))
    sample = [row for _, row in itertools.islice(records(file.open, dialect, path.name), 1, _SAMPLE_ROWS)]
    trailing = len(header) < width and not any(row[-1].strip() for row in sample if len(row) == width)
    names, notes = column_names(header, width, trailing) if dialect.header else (numbered(width), [])
    aligned = [f"the cells of {path.name} are parted by two or more blanks"] if file.aligned else []
    notes = [*filter(None, [file.note]), *aligned, *_told(dialect, path.name), *notes]
    frame = _frame(file, dialect, names, notes, sample)
    if not frame.rows:
        raise DataError(f"{path.name} has a header line and no rows: at least one row of data was expected")
    frame.path = path
    frame.decimal = proven_decimal(sample)
    return frame


def _is_aligned(file: TextFile) -> bool:
    """Whether runs of blanks cut the first lines into as many cells each, at least two."""
    with file.open() as text:
        widths = {len(aligned_cells(line)) for line in itertools.islice(text, _SAMPLE_ROWS) if line.strip()}
    return len(widths) == 1 and widths != {1}


def proven_decimal(rows: Sequence[Sequence[str]]) -> str:
    """The mark before decimals, as far as cells prove it: 1,5 does, 1.200 does not.

    >>> proven_decimal([["1.200", "3,5"], ["950", "2,25"]])
    ','
    """
    found = set()
    for cell in itertools.chain.from_iterable(rows):
        if match := _PROOF_OF_DECIMALS.fullmatch(cell.strip()):
            found.add(next(mark for mark in match.groups()[1:] if mark in (".", ",")))
    return found.pop() if len(found) == 1 else ""


def _frame(
    file: TextFile, dialect: Dialect, names: Sequence[str], notes: Sequence[str], sample: Sequence[list[str]]
) -> Frame:
    if len(names) > 1 and dialect.delimiter != " ":  # in a file of one column DuckDB takes a blank line for a gap
        try:
            return Delimited(file, dialect, names, notes, sample)
        except DataError:
            pass
    for line, row in _rows(file, dialect):  # before any row is kept: the one that is none may be far down
        if len(row) != len(names):
            raise DataError(
                f"line {line} of {file.path.name} has {counted(len(row), 'cell')}, the header has {len(names)}: "
                "a cell that holds the delimiter stands in quotes"
            )
    lines, rows = [], []
    for line, row in _rows(file, dialect):
        lines.append(line)
        rows.append(row)
    return Lined(file.path.name, dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}, lines, notes)


def _rows(file: TextFile, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header."""
    return itertools.islice(records(file.open, dialect, file.path.name), int(dialect.header), None)


def _told(dialect: Dialect, label: str) -> list[str]:
    """What the user should know of how the file was cut."""
    told = []
    if dialect.skip and not dialect.comment:
        told.append(f"{counted(dialect.skip, 'line')} above the header of {label} left aside")
    if dialect.comment:
        told.append(f"lines of {label} that begin with {dialect.comment} are left aside as comments")
    if not dialect.header:
        told.append(f"{label} has no header line: its columns are called 'column 1', 'column 2' and so on")
    return told


def _batched(items: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """Groups of at most `size` items (`itertools.batched` comes with Python 3.12)."""
    return (tuple(items[start : start + size]) for start in range(0, len(items), size))
