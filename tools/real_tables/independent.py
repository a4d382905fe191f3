"""An independent reader: the modules csv and json, and the plainest meaning of a cell."""

from __future__ import annotations

import csv
import gzip
import json
import re
from datetime import datetime
from pathlib import Path

import numpy as np

from layerwise.types import Array

GAPS = frozenset({"", "NA", "NaN", "nan", "null", "NULL", "None", "?"})
EPOCH = datetime(1970, 1, 1)


def raw_rows(path: Path) -> list[list[str]]:
    """The rows of a file as texts, that of the header first where there is one."""
    if path.suffix == ".json":
        return _rows_of_json(json.loads(path.read_text(encoding="utf-8")))
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter, quote = _dialect(lines[0])
    if "  " in lines[0].strip():
        return [re.split(r"\s\s+", line.strip()) for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter == " ")
    return [[cell.strip() for cell in row] for row in reader]


def _rows_of_json(records: list[dict[str, object]]) -> list[list[str]]:
    names = list(dict.fromkeys(name for each in records for name in each))
    return [names, *([_written(each.get(name)) for name in names] for each in records)]


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _dialect(header: str) -> tuple[str, str]:
    """The commonest delimiter of the header, which holds no text with one in these tables."""
    delimiter = max(",;\t ", key=lambda mark: (header.count(mark) > 0, mark != " ", header.count(mark)))
    return delimiter, "'" if header.startswith("'") else '"'


def as_number(cell: str) -> float:
    """The number of a cell; NaN for a gap. Raises ValueError for any other text."""
    return float("nan") if cell in GAPS else float(cell)


def as_days(cells: list[str], dayfirst: bool) -> Array:
    """The days since 1970 of dates, NaN where there is none. Years of two digits end with 2029."""
    from dateutil import parser

    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        try:
            moment = parser.parse(_plain(cell), default=EPOCH, dayfirst=dayfirst)
        except (ValueError, OverflowError):
            continue
        if moment.year > 2029 and not re.search(r"\d{4}", cell):
            moment = moment.replace(year=moment.year - 100)
        found[row] = (moment.replace(tzinfo=None) - EPOCH).total_seconds() / 86400
    return found


def _plain(cell: str) -> str:
    """1974Q2 as the month it begins in, 3/86 as 1986-03."""
    if match := re.fullmatch(r"(\d{1,2})/(\d{2})", cell):
        return f"19{match[2]}-{match[1]}"
    match = re.fullmatch(r"(\d{4})[- ]?Q([1-4])", cell)
    return f"{match[1]}-{3 * int(match[2]) - 2:02}" if match else cell
