"""What lies at a path: a readable text in some encoding, or something else that a sentence can name."""

from __future__ import annotations

import codecs
import gzip
import io
import itertools
import os
import re
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TextIO, cast

from layerwise.data.tables.words import shown
from layerwise.errors import DataError, FileError, KindError, SettingError, nearest

LINE_LIMIT = 2**24
"""Bytes in one line. Past this it is no table, and reading on would only fill the memory."""

_CHUNK = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_OTHER = {
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\xd0\xcf\x11\xe0": "a workbook of an old Excel (.xls): save it as .xlsx or CSV",
    b"%PDF": "a PDF: save its table as CSV",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a SQLite database: export the table as CSV",
    b"\x89HDF": "an HDF5 file: save its table as CSV",
    b"BZh": "packed by bzip2: unpack it first",
    b"\xfd7zXZ": "packed by xz: unpack it first",
    b"version https://git-lfs": "a pointer of Git LFS and not the file itself: fetch it with  git lfs pull",
}


@dataclass(frozen=True)
class TextFile:
    """A text file that was looked through: it can be read in this encoding to its end."""

    path: Path
    encoding: str
    packed: bool = False
    note: str = ""
    aligned: bool = False
    """Whether two or more blanks stand between the cells, which then are given with a tab in their place."""

    def open(self) -> TextIO:
        """The text from its beginning, line ends as they are."""
        if self.aligned:
            with replace(self, aligned=False).open() as text:
                return io.StringIO("\n".join("\t".join(aligned_cells(line)) for line in text))
        return io.TextIOWrapper(_opened(self.path, self.packed), encoding=self.encoding, newline="")

    @property
    def is_plain(self) -> bool:
        """Whether the bytes on the disk are the text in UTF-8."""
        return not self.packed and not self.aligned and self.encoding in ("utf-8", "utf-8-sig")

    def plain_copy(self, folder: str) -> Path:
        """The text in UTF-8 in a file of its own, for a program that reads nothing else."""
        path = Path(tempfile.mkstemp(suffix=".csv", dir=folder)[1])
        with self.open() as text, path.open("w", encoding="utf-8", newline="") as copy:
            while chunk := text.read(_CHUNK):
                copy.write(chunk)
        return path


def aligned_cells(line: str) -> list[str]:
    """The cells of a line in which two or more blanks part them.

    >>> aligned_cells("   9   12-15 years    No ")
    ['9', '12-15 years', 'No']
    """
    return re.split(" {2,}", line.strip())


def checked_path(path: str | os.PathLike[str]) -> Path:
    """The path of a regular file. Errors: `FileError` for anything else, with the nearest name if there is one."""
    if str(path).startswith(("http://", "https://", "ftp://")):
        raise FileError(f"{shown(str(path), 200)} is an address: download the file first, and name it here")
    try:
        path = Path(path)
    except TypeError:
        raise KindError(f"the path of a table must be a text or a Path, got {shown(path)}") from None
    if str(path) == "-":
        raise FileError("a table is read from a file, not from standard input: save it first, and name the file")
    try:
        if path.is_dir():
            raise FileError(f"{path} is a folder: name a file in it")
        if not path.exists():
            raise FileError(f"there is no file {path}.{_neighbour(path)}")
        if not path.is_file():
            raise FileError(f"{path} is not a regular file: save its content as a CSV file first")
    except FileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{shown(str(path), 200)} can not be read: {reason}") from error
    return path


def beginning(path: Path, size: int = 4096) -> bytes:
    """The first bytes, unpacked if they are packed. Errors: `FileError`."""
    try:
        with path.open("rb") as file:
            first = file.read(size)
        if not first.startswith(b"\x1f\x8b"):
            return first
        with gzip.open(path) as file:
            return file.read(size)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(f"{path} is packed by gzip and damaged ({error}): fetch it again") from None
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from error


def text_file(path: Path, encoding: str | None = None) -> TextFile:
    """Look through a file once: its encoding, and that nothing in it is no text.

    Errors: `DataError`, with the line where it can be told.
    """
    first = beginning(path)
    _refuse_other(path, first)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    encoding = _checked_encoding(encoding) if encoding else _by_mark(first)
    if encoding and encoding not in ("utf-8", "utf-8-sig"):
        _decode(TextFile(path, encoding, packed))
        return TextFile(path, encoding, packed)
    bad = _look_through(path, packed)
    if bad is None:
        return TextFile(path, encoding or "utf-8", packed)
    if encoding:
        raise DataError(f"line {bad} of {path.name} is not UTF-8 text: name its encoding, such as --encoding cp1252")
    note = f"{path.name} is not UTF-8 (line {bad}): read as Western European (cp1252); else --encoding NAME"
    western = TextFile(path, "cp1252", packed, note)
    with suppress(DataError):
        _decode(western)
        return western
    return TextFile(path, "latin-1", packed, note.replace("cp1252", "latin-1"))


def _opened(path: Path, packed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def _by_mark(first: bytes) -> str | None:
    """The encoding that the first bytes name, or UTF-16 without a mark: every other byte of Western text is 0."""
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding
    for half, encoding in ((first[1::2], "utf-16-le"), (first[::2], "utf-16-be")):
        if len(first) >= 8 and half.count(0) > 0.8 * len(half) and first.count(0) == half.count(0):
            return encoding
    return None


def _checked_encoding(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, TypeError):
        raise SettingError(f"encoding {shown(encoding)} is not known; such as utf-8, cp1252, cp1251, utf-16") from None


def _decode(file: TextFile) -> None:
    try:
        with file.open() as text:
            while chunk := text.read(_CHUNK):
                if "\0" in chunk:
                    raise DataError(f"{file.path.name} is no text in {file.encoding}: name another encoding")
    except UnicodeError as error:
        raise DataError(f"{file.path.name} is not {file.encoding} text ({error}): name another encoding") from None


def _look_through(path: Path, packed: bool) -> int | None:
    """The line of the first byte that is no UTF-8, or None. Errors: `DataError` for what no text has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, bad, long = 1, None, 0
    with _opened(path, packed) as file:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                line += chunk.count(b"\n", 0, chunk.index(b"\0"))
                raise DataError(
                    f"line {line} of {path.name} holds a NUL character, which no text has: save the table as CSV in "
                    "UTF-8"
                )
            if bad is None:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    bad = line + chunk.count(b"\n", 0, error.start)
            ends = chunk.count(b"\n") or chunk.count(b"\r")
            long = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1 if ends else long + len(chunk)
            line += ends
            if long > LINE_LIMIT:
                raise DataError(
                    f"line {line} of {path.name} is longer than {LINE_LIMIT:,} bytes: this is no table of rows"
                )
    return bad


def _refuse_other(path: Path, first: bytes) -> None:
    for mark, what in _OTHER.items():
        if first.startswith(mark):
            raise FileError(f"{path.name} is {what}")
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FileError(f"{path.name} is a web page, not a table: download the file itself")
    if start.startswith((b"<?xml", b"{\\rtf")):
        raise FileError(f"{path.name} is a document, not a table: save its table as CSV")


def _neighbour(path: Path) -> str:
    """A file of nearly this name in the same folder, for the one who mistyped."""
    if not path.parent.is_dir():
        return f" The folder {path.parent} does not exist either."
    hint = nearest(path.name, [each.name for each in itertools.islice(path.parent.iterdir(), 1000)])
    return hint if hint.startswith(" Did") else ""
