"""How the cells of a text file are parted: the delimiter, the quotes, and where the header stands.

That way of cutting is taken which gives the first rows the same number of cells, at least two; where several do, the
one with most cells. Where none does, the file has a row that is too short or too long, and the line of the header
decides, so that the row can be named.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TextIO

from layerwise.data.tables.words import shown
from layerwise.errors import DataError

DELIMITERS = ",;\t|"
_SAMPLE_LINES = 1000
_SAMPLE_LETTERS = 2**20
_COMMENTS = ("#", "%", "//")
_MOST_SKIPPED = 20
"""Lines above the header, such as a title, that may be left aside."""


@dataclass(frozen=True)
class Dialect:
    """The way a text file is cut into cells.

    delimiter: what stands between the cells. quote: what stands around a cell that holds a delimiter. skip: lines
    above the header. header: whether the first row names the columns. width: cells in a row. comment: what begins a
    line that is none.
    """

    delimiter: str = ","
    quote: str = '"'
    skip: int = 0
    header: bool = True
    width: int = 0
    comment: str = ""

    def as_csv(self) -> dict[str, Any]:
        """The settings for the module csv."""
        return {"delimiter": self.delimiter, "quotechar": self.quote, "skipinitialspace": self.delimiter == " "}


def find_dialect(opened: Callable[[], TextIO], delimiter: str | None = None) -> Dialect:
    """The dialect of a text file, from its first rows. delimiter: if the user knows it.

    >>> import io
    >>> found = find_dialect(lambda: io.StringIO("made in May\\n\\narea;price\\n1,5;2\\n3,5;4\\n"))
    >>> found.delimiter, found.skip, found.width
    (';', 2, 2)
    """
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in "\"'\r\n"):
        raise DataError(f"delimiter must be one character, such as ',', ';' or a tab; got {shown(delimiter)}")
    lines = _sample(opened)
    comment, skip = _leading(lines)
    lines = lines[skip:]
    if not lines:
        return Dialect(skip=skip)
    if "," not in "".join(lines) and delimiter is None and lines[0].startswith("sep="):  # Excel's own line
        delimiter = lines[0][4:5]
    found = _best(lines, [delimiter] if delimiter else [*DELIMITERS, " "])
    return replace(found, skip=found.skip + skip, comment=comment)


def _sample(opened: Callable[[], TextIO]) -> list[str]:
    """The first lines; each whole, but the last one of a long file."""
    lines, letters = [], 0
    with opened() as file:
        for line in itertools.islice(iter(lambda: file.readline(_SAMPLE_LETTERS), ""), _SAMPLE_LINES):
            lines.append(line)
            letters += len(line)
            if letters > _SAMPLE_LETTERS:
                break
    return lines


def _leading(lines: list[str]) -> tuple[str, int]:
    """The mark of the comments at the beginning, and how many lines of comments and blanks there are."""
    mark = ""
    for number, line in enumerate(lines):
        text = line.strip()
        if text and not text.startswith(_COMMENTS):
            return mark, number
        if text and not mark:
            mark = next(each for each in _COMMENTS if text.startswith(each))
    return mark, len(lines)


def _best(lines: list[str], delimiters: list[str]) -> Dialect:
    quotes = ['"', "'"] if any("'" in line for line in lines) and not any('"' in line for line in lines) else ['"']
    fitting: list[Dialect] = []
    torn: list[Dialect] = []
    for delimiter, quote in itertools.product(delimiters, quotes):
        found = _cut(lines, Dialect(delimiter, quote))
        if found is None:
            continue
        dialect, even = found
        if dialect.width >= 2 and even and (delimiter != " " or all(each.delimiter == " " for each in fitting)):
            fitting.append(dialect)
        torn.append(dialect)
    if fitting:
        return max(fitting, key=lambda each: (each.width, -each.skip, _is_bound(each, lines)))
    torn = [each for each in torn if each.delimiter != " "] or torn
    return max(torn, key=lambda each: _header_width(lines, each), default=Dialect(delimiters[0]))


def _is_bound(dialect: Dialect, lines: list[str]) -> bool:
    """Whether the quote of the dialect stands around cells: 'a'."""
    edge = dialect.quote + dialect.delimiter
    return any(edge in line for line in lines)


def _cut(lines: list[str], dialect: Dialect) -> tuple[Dialect, bool] | None:
    """The dialect with its width, lines to skip and header; and whether all rows of the sample have that width."""
    reader = csv.reader(lines, **dialect.as_csv(), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begin = 0
    try:
        for row in reader:
            if row and (len(row) > 1 or row[0].strip()):
                rows.append((begin, row))
            begin = reader.line_num
    except csv.Error:
        if len(rows) < 2:
            return None
        if len(lines) < _SAMPLE_LINES and sum(map(len, lines)) <= _SAMPLE_LETTERS:
            return replace(dialect, width=len(rows[0][1])), False
    if not rows:
        return None
    if len(rows) > 2 and len(lines) >= _SAMPLE_LINES:
        rows.pop()  # it may be cut off
    width = Counter(len(row) for _, row in rows[1:] or rows).most_common(1)[0][0]
    first = next((number for number, (_, row) in enumerate(rows) if len(row) >= width - 1 and len(row) > 1), 0)
    if first > _MOST_SKIPPED or width < 2 or len(rows) - first < 2:
        first = 0
    widths = {len(row) for _, row in rows[first + 1 :]} or {len(rows[first][1])}
    header = rows[first][1]
    short = len(header) == width - 1 and len(rows) - first > 2  # row names, or a delimiter at the end of each row
    even = widths == {width} and (len(header) == width or short)
    names = not all(_is_number(cell) for cell in header if cell.strip())
    found = replace(dialect, skip=rows[first][0], width=width if even else len(header), header=names)
    return found, even


def _header_width(lines: list[str], dialect: Dialect) -> int:
    try:
        return len(next(csv.reader(lines[dialect.skip :], **dialect.as_csv()), []))
    except csv.Error:  # told, with its line, by the reading proper
        return 0


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
