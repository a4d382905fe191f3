"""Files that are no text: workbooks of Excel, Parquet, JSON lines; and the choice of reader by content and name."""

from __future__ import annotations

import itertools
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from layerwise.data.tables.delimited import Queried, read_delimited
from layerwise.data.tables.frame import Cellwise, Frame, frame_of
from layerwise.data.tables.header import column_names
from layerwise.data.tables.source import beginning, checked_path
from layerwise.errors import DataError, FileError

TABLES = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".gz", ".xlsx", ".xlsm", ".parquet", ".pq", ".json", ".jsonl"}
    | {".ndjson"}
)
"""How the names of files that hold a table end."""


def read_frame(
    path: str | os.PathLike[str] | Any, *, delimiter: str | None = None, encoding: str | None = None
) -> Frame:
    """The raw columns of a table: of a file of any kind that is read here, or of a DataFrame.

    A file is known by its first bytes, else by its name: Excel (.xlsx), Parquet, JSON lines; all others are text with
    delimiters, also when packed by gzip.
    Errors: `FileError` when there is no such file; `DataError`, with the line, when it holds no table.
    """
    if not isinstance(path, str | os.PathLike):
        return frame_of(path)
    found = checked_path(path)
    try:
        first = beginning(found)
        if first.startswith(b"PK\x03\x04") and zipfile.is_zipfile(found):
            return _workbook(found)
        if first.startswith(b"PAR1"):
            return _queried(found, "read_parquet(?)")
        suffixes = [each.lower() for each in found.suffixes]
        if set(suffixes) & {".jsonl", ".ndjson", ".json"}:
            return _queried(found, "read_json(?)")
        return read_delimited(found, delimiter=delimiter, encoding=encoding)
    except EOFError as error:
        raise FileError(f"{found} is packed by gzip and cut off ({error}): fetch it again") from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{found} can not be read: {error.strerror or error}") from error


class _Typed(Queried):
    """A file whose columns have names and types of their own."""

    def __init__(self, path: Path, source: str) -> None:
        import duckdb

        self.path = path
        with duckdb.connect() as connection:
            try:
                described = connection.execute(f"DESCRIBE SELECT * FROM {source}", [str(path)]).fetchall()
            except duckdb.Error as error:
                raise DataError(f"{path.name} can not be read: {str(error).splitlines()[0]}") from None
        names = [str(row[0]) for row in described]
        casts = (_cast(name, kind, k) for k, (name, kind) in enumerate((row[0], row[1]) for row in described))
        super().__init__(path.name, names, f"(SELECT {', '.join(casts)} FROM {source})", [str(path)])

    def place(self, row: int) -> str:
        return f"row {row + 1:,} of {self.label}"


def _cast(name: str, kind: str, number: int) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f"{f'CAST({quoted} AS TINYINT)' if kind == 'BOOLEAN' else quoted} AS c{number}"


def _queried(path: Path, source: str) -> Frame:
    frame = _Typed(path, source)
    if not frame.rows:
        raise DataError(f"{path.name} has no rows: at least one row of data was expected")
    return frame


def _workbook(path: Path) -> Frame:
    """The first sheet of a workbook that holds a table."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets through what zipfile, its XML parser and its own checks raise
        if "xl/workbook.xml" not in zipfile.ZipFile(path).namelist():
            raise FileError(f"{path.name} is a zip archive: unpack it first") from None
        raise DataError(f"{path.name} is a damaged workbook ({error}): save it anew, or as CSV") from None
    sheets = [(sheet.title, _filled_rows(sheet)) for sheet in book.worksheets]
    book.close()
    title, rows = next(((title, rows) for title, rows in sheets if len(rows) > 1), ("", []))
    if not rows:
        raise DataError(f"{path.name} holds no sheet with a header and rows: at least one row of data was expected")
    width = max(map(len, rows))
    header, *data = ([*row, *[None] * (width - len(row))] for row in rows)
    names, notes = column_names(["" if name is None else str(name) for name in header], width)
    others = [name for name, found in sheets if name != title and found]
    if others:
        notes = [f"the sheet {title!r} of {path.name} is read; others are left aside: {', '.join(others)}", *notes]
    frame = Cellwise(dict(zip(names, map(list, zip(*data, strict=True)), strict=True)), path.name, notes, path.name)
    frame.path = path
    return frame


def _filled_rows(sheet: Any) -> list[Sequence[Any]]:
    """The rows from the first to the last with a cell, without empty rows at the end, blanks around texts cut off."""
    rows = [
        tuple(cell.strip() if isinstance(cell, str) else cell for cell in row)
        for row in sheet.iter_rows(values_only=True)
    ]
    filled = [number for number, row in enumerate(rows) if any(cell not in (None, "") for cell in row)]
    return list(itertools.islice(rows, filled[0], filled[-1] + 1)) if filled else []
