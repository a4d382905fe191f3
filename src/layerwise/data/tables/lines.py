"""The rows of a text file with the line where each begins: to tell where something stands, and why a row is none.

DuckDB reads the rows; this reads again, with the standard library, the little that a message needs.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from typing import TextIO

from layerwise.data.tables.dialect import Dialect
from layerwise.data.tables.words import counted
from layerwise.errors import DataError

Opened = Callable[[], TextIO]
"""Opens the text of a file from its beginning."""


def records(opened: Opened, dialect: Dialect, label: str, width: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line (from 1) where it begins; blank lines and comments between the rows are left out.

    width: how many cells each row must have. Errors: `DataError` with the line of a row that is none.
    """
    with opened() as file:
        lines = itertools.islice(file, dialect.skip, None)
        reader = csv.reader(lines, **dialect.as_csv(), strict=True)
        while True:
            line = dialect.skip + reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise DataError(f"line {line} of {label}: {_reason(error)}") from None
            if len(row) <= 1 and not "".join(row).strip():
                continue
            if dialect.comment and row[0].startswith(dialect.comment):
                continue
            if width is not None and len(row) != width:
                raise DataError(f"line {line} of {label} has {counted(len(row), 'cell')}, the header has {width}")
            yield line, row


def line_of(opened: Opened, dialect: Dialect, label: str, row: int) -> int:
    """The line of a row of data, counted from 0 after the header."""
    first = row + dialect.header
    return next(itertools.islice((line for line, _ in records(opened, dialect, label)), first, None))


def _reason(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote is opened and never closed"
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quote opened and never closed?"
    return f"{error}; a quote inside a quoted cell is written twice"
