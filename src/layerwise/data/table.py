"""A CSV file as a table of texts: what stands in which column and which line, and nothing about what it means.

Read once, in chunks; the texts of a column are kept end to end in UTF-8, so a table takes the memory of its file.
"""

from __future__ import annotations

import csv
import itertools
import os
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from layerwise.data.cells import is_number, shown, suggestion
from layerwise.errors import DataError, FileError, KindError, nearest

DELIMITERS = ",;\t"
LINE_LIMIT = 2**24
"""Characters in one line. Past this it is no table, and reading on would only fill the memory."""

_CHUNK_ROWS = 1024  # their cells fit the cache of a processor
_SEPARATOR = "\0"  # a file with this character is refused, so it can not stand in a cell


class Table(Mapping[str, list[str]]):
    """The cells of a CSV file: `table["age"]` is the list of texts of that column, in the order of the file."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path = path
        self._lines = array("q")
        # One block of memory a column: it goes back to the system as soon as the column is forgotten.
        self._texts: dict[str, bytearray] = {name: bytearray() for name in header}
        self._ends: dict[str, array[int]] = {name: array("q") for name in header}

    def add(self, rows: list[list[str]], lines: list[int]) -> None:
        """Append rows, each as wide as the header, with the line of the file where each begins; blanks are cut off."""
        self._lines.extend(lines)
        for text, ends, column in zip(self._texts.values(), self._ends.values(), zip(*rows, strict=True), strict=True):
            text += _SEPARATOR.join(map(str.strip, column)).encode()
            ends.append(len(text))

    def __getitem__(self, name: str) -> list[str]:
        return [cell for chunk in self.chunks(name) for cell in chunk]

    def chunks(self, name: str) -> Iterator[list[str]]:
        """The same cells piece by piece, for columns that should not stand in memory as texts all at once."""
        text, start = self._texts[name], 0
        for end in self._ends[name]:
            yield text[start:end].decode().split(_SEPARATOR)
            start = end

    def forget(self, name: str) -> None:
        """Give back the memory of a column that was read and is not needed again."""
        del self._texts[name], self._ends[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, name: object) -> bool:
        return name in self._texts  # Mapping's own would decode the whole column

    @property
    def rows(self) -> int:
        """Rows of data, without the header and blank lines."""
        return len(self._lines)

    def place(self, row: int) -> str:
        """Where a row (counted from 0) stands: `line 3 of houses.csv`."""
        return f"line {self._lines[row]} of {self.path.name}"


def read_rows(path: str | os.PathLike[str], *, delimiter: str | None = None) -> Table:
    """Read a CSV file: UTF-8 (with or without a byte order mark), a header line, then one row a line.

    delimiter: `,`, `;` or a tab; None takes the one that cuts the header into most columns. Quotes, line breaks in
    quotes and blank lines are as in RFC 4180. Blanks around cells are cut off.

    Errors: `FileError` when there is no readable file; `DataError`, with the line, when it is no such table.
    """
    if delimiter is not None and delimiter not in list(DELIMITERS):
        raise DataError(f"delimiter must be ',', ';' or a tab, got {shown(delimiter)}")
    path = _check_path(path)
    try:
        # Bytes that are no UTF-8 become surrogates, by which _lines finds the line they are in.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            return _read(file, path, delimiter)
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from error


def _check_path(path: str | os.PathLike[str]) -> Path:
    try:
        path = Path(path)
    except TypeError:
        raise KindError(f"the path of a CSV file must be a text or a Path, got {shown(path)}") from None
    try:
        if path.is_dir():
            raise FileError(f"{path} is a folder: name a CSV file in it")
        if not path.exists():
            raise FileError(f"there is no file {path}.{_neighbour(path)}")
        if not path.is_file():
            raise FileError(f"{path} is not a regular file: save its content as a CSV file first")
        return path
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{shown(str(path), 200)} can not be read: {error.strerror or error}") from error


def _neighbour(path: Path) -> str:
    """A file of nearly this name in the same folder, for the one who mistyped."""
    if not path.parent.is_dir():
        return f" The folder {path.parent} does not exist either."
    hint = nearest(path.name, [each.name for each in itertools.islice(path.parent.iterdir(), 1000)])
    return hint if hint.startswith(" Did") else ""


def _read(file: TextIO, path: Path, delimiter: str | None) -> Table:
    lines = _lines(file, path)
    blank = 0
    first = next(lines, "")
    while first and not first.strip():
        blank += 1
        first = next(lines, "")
    delimiter = delimiter or max(DELIMITERS, key=lambda mark: _width(first, mark))
    rows = _rows(itertools.chain([first], lines), path, delimiter, blank)
    _, header = next(rows, (0, []))
    header = [name.strip() for name in header]
    if not header:
        raise DataError(f"{path.name} is empty: a header line with the names of the columns was expected")
    table = Table(path, _check_header(header, path))
    while chunk := list(itertools.islice(rows, _CHUNK_ROWS)):
        table.add([row for _, row in chunk], [line for line, _ in chunk])
    if not table.rows:
        raise DataError(f"{path.name} has a header line and no rows: at least one row of data was expected")
    return table


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:  # reported, with its line, by the reading proper
        return 0


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    """The lines of a text file, each looked at before anything is made of it."""
    for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), ""), 1):
        if len(line) == LINE_LIMIT or _SEPARATOR in line or not line.isascii():
            _check_line(line, f"line {number} of {path.name}")
        yield line


def _check_line(line: str, where: str) -> None:
    if len(line) == LINE_LIMIT:
        raise DataError(f"{where} is longer than {LINE_LIMIT:,} characters: this is no table of rows")
    try:
        line.encode()
    except UnicodeEncodeError as error:
        kind = "looks like UTF-16" if line[:2] in ("\udcff\udcfe", "\udcfe\udcff") else "is not UTF-8 text"
        byte = ord(line[error.start]) - 0xDC00
        raise DataError(f"{where} {kind} (byte 0x{byte:02x}): save the table as CSV in UTF-8") from None
    if _SEPARATOR in line:
        raise DataError(f"{where} holds a NUL character, which no text has: save the table as CSV in UTF-8")


def _rows(lines: Iterator[str], path: Path, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line where it begins; all as wide as the first."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    while True:
        line = skipped + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"line {line} of {path.name}: {_csv_error(error)}") from None
        if len(row) <= 1 and not "".join(row).strip():
            continue
        width = width or len(row)
        if len(row) != width:
            raise DataError(
                f"line {line} of {path.name} has {len(row)} cell{'s'[: len(row) != 1]}, the header has {width}"
            )
        yield line, row


def _csv_error(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote is opened and never closed"
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quote opened and never closed?"
    return f"{error}; a quote inside a quoted cell is written twice"


def _check_header(header: list[str], path: Path) -> list[str]:
    first: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if not name:
            raise DataError(
                f"column {number} of {path.name} has no name in the header: name it, or write the table "
                "without its row numbers"
            )
        if name in first:
            raise DataError(
                f"the header of {path.name} has {shown(name)} twice (columns {first[name]} and {number}): "
                "give each column a name of its own"
            )
        first[name] = number
    if all(map(is_number, header)):
        raise DataError(
            f"the first line of {path.name} holds numbers ({shown(header[0])}, ...), not the names of the columns: "
            "add a header line"
        )
    return header


def find_column(name: object, table: Mapping[str, object], *, what: str, where: str) -> str:
    """The name, if the table has such a column; else a `DataError` with the nearest name."""
    if not isinstance(name, str):
        raise KindError(f"{what} must be the name of a column, got {shown(name)}")
    if name not in table:
        raise DataError(f"{where} has no column {shown(name)} for {what}.{suggestion(name, table)}")
    return name
