"""Small tables as people have them, the same values said in many ways, and an independent reader of what they say."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from layerwise.data import Dataset, read_table

ROWS = 40
TOWNS = ("Ulm", "Bonn", "Köln")
TRUTH: list[dict[str, Any]] = [
    {
        "area": round(30 + (37 * i % 101) + (i % 10) / 10, 1),
        "rooms": 1 + i % 5,
        "town": TOWNS[i % 3],
        "people": (12345, 7250, 2780, 1200, 830, 45000)[i * 7 % 6],
        "price": round(100 + 3.1 * (37 * i % 101) + i % 7 + 0.25, 2),
    }
    for i in range(ROWS)
]


def text(columns: str = "area rooms town price", *, delimiter: str = ",", end: str = "\n", **forms: Any) -> str:
    """The table as a CSV text. forms: for a column, how its value is written."""
    names = columns.split()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(names)
    writer.writerows([forms.get(name, str)(row[name]) for name in names] for row in TRUTH)
    return out.getvalue()


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """The path of a new file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def unordered(data: Dataset, name: str) -> list[str]:
    """The values of a column as the network gets them, of all parts, as raw cells, sorted."""
    parts = (data.train, data.validation, data.test)
    if name == data.preparation.target:
        y = np.concatenate([part.y for part in parts])
        return sorted(data.preparation.raw_target(each, 6) for each in y)
    x = np.concatenate([part.x for part in parts])
    return sorted(dict(data.preparation.raw(row, 6))[name] for row in x)


def wanted(name: str) -> list[str]:
    """The same of the truth."""
    return sorted(row[name] if name == "town" else f"{float(row[name]):.6g}" for row in TRUTH)


def check_truth(path: Any, target: str = "price", columns: str = "area rooms town price", **options: Any) -> Dataset:
    """Read a table; column by column it must hold what the truth says, whatever notation it is written in."""
    data = read_table(path, target, scale=False, **options)
    for name in columns.split():
        found = unordered(data, name)
        if name != "town":
            column = next((each for each in data.preparation.columns if each.name == name), None)
            reading = column.reading if column else data.preparation.reading
            found = sorted(f"{reading.number(cell) if reading else float(cell):.6g}" for cell in found)
        assert found == wanted(name), name
    return data
