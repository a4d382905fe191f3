"""What Layerwise read against what the independent reader finds: column by column, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tools.real_tables.independent import GAPS, as_days, as_number, raw_rows

from layerwise.data import Dataset, read_table
from layerwise.data.column import Column
from layerwise.data.tables.decision import Decision
from layerwise.data.tables.formats import read_frame
from layerwise.data.tables.values import Texts, Values
from layerwise.types import Array


@dataclass(frozen=True)
class Compared:
    """rows, columns: of the table. cells: how many were compared. told: cells that differ, and a note says so.
    silent: a sentence for each column that differs without a note; there must be none."""

    data: Dataset
    rows: int
    columns: int
    cells: int
    told: int
    silent: tuple[str, ...]


def compare(path: Path, target: str, **options: object) -> Compared:
    """Read a table in both ways. options: those of `read_table`."""
    data = read_table(path, target, scale=False, **options)  # type: ignore[arg-type]
    frame = read_frame(path)
    rows = raw_rows(path)
    silent: list[str] = []
    named = not frame.names[0].startswith("column 1") or not all(map(_is_number, rows[0]))
    header, body = (rows[0], rows[1:]) if named and "no header" not in " ".join(data.notes) else ([], rows)
    body = [row for row in body if len(row) == len(frame.names)]
    if len(body) != frame.rows:
        silent.append(f"{frame.rows} rows are read, there are {len(body)}")
        return Compared(data, frame.rows, len(frame.names), 0, 0, tuple(silent))
    if header and [name for name in header if name] != [n for n in frame.names if not n.startswith("column ")]:
        silent.append(f"the names {frame.names} are {header}")
    x = data.preparation.apply(frame)
    told = cells = 0
    found = frame.column(target)
    known = data.preparation.known(found)
    for number, decision in enumerate(data.preparation.decisions):
        column = [row[number] for row in body]
        if decision.name == target:
            unlike = _unlike_target(column, found, data)
        else:
            unlike = known & _unlike(decision, column, data, x)
        cells += len(body)
        notes = [note for note in data.notes if decision.name in note]
        if unlike.any() and not notes:
            row = int(np.argmax(unlike))
            silent.append(f"{decision.name} ({decision.kind}): row {row + 1}, {body[row][number]!r} is read otherwise")
        told += int(unlike.sum())
    if not _same_rows(data, x[known], data.preparation.labels(_rows(found, known))):
        silent.append("the parts do not hold the rows of the table")
    return Compared(data, frame.rows, len(frame.names), cells, told, tuple(silent))


def _unlike(decision: Decision, cells: list[str], data: Dataset, x: Array) -> Array:
    """(N,) booleans: where a column is not what its cells say."""
    if not decision.is_used or decision.becomes.startswith("left out"):
        return np.full(len(cells), not _may_be_left_out(decision, cells))
    start = 0
    unlike = np.zeros(len(cells), dtype=bool)
    for column in data.preparation.columns:
        width = len(column.features)
        if column.raw == decision.name:
            unlike |= _KINDS[decision.kind](column, cells, x[:, start : start + width])
        start += width
    return unlike


def _unlike_numbers(column: Column, cells: list[str], x: Array) -> Array:
    wanted = _each(as_number, cells)
    gap = np.isnan(wanted)
    unlike = x[:, 0] != np.where(gap, column.fill if column.fill is not None else np.nan, wanted).astype(np.float32)
    return unlike | (x[:, 1] != gap) if column.gaps else unlike


def _unlike_categories(column: Column, cells: list[str], x: Array) -> Array:
    wanted = [cell if cell not in GAPS - {"None"} else "" for cell in cells]
    found = [column.decode(row, 6) for row in x]
    return np.array([w != f and not (f == "NA" and w == "") for w, f in zip(wanted, found, strict=True)])


def _unlike_dates(column: Column, cells: list[str], x: Array) -> Array:
    if not column.name.endswith("(days since 1970)"):
        return np.zeros(len(cells), dtype=bool)
    wanted = as_days(cells, dayfirst="%d" in getattr(column.reading, "format", "")[:2])
    gap = np.isnan(wanted)
    unlike = np.abs(x[:, 0] - np.where(gap, column.fill, wanted)) > 0.01
    if (unlike & ~gap).any():  # a date that is read as another one is a fault, whatever a note says
        row = int(np.argmax(unlike & ~gap))
        raise AssertionError(f"{column.name}: {cells[row]!r} is {x[row, 0]}, not {wanted[row]}")
    return unlike


_KINDS: dict[str, Callable[[Column, list[str], Array], Array]] = {
    "number": _unlike_numbers,
    "category": _unlike_categories,
    "date": _unlike_dates,
}


def _rows(values: Values, rows: Array) -> Values:
    return Texts(values.codes[rows], values.names) if isinstance(values, Texts) else values[rows]


def _unlike_target(cells: list[str], read: Values, data: Dataset) -> Array:
    preparation = data.preparation
    known = preparation.known(read)
    labels = preparation.labels(_rows(read, known))
    found = np.full(len(cells), "", dtype=object)
    if preparation.classes:
        found[known] = [preparation.classes[label] for label in labels]
        wanted = [cell if cell not in GAPS - {"None"} else "" for cell in cells]
        return np.array([not _same(w, f) for w, f in zip(wanted, found, strict=True)])
    values = np.full(len(cells), np.nan)
    values[known] = preparation.to_units(labels).ravel()
    wanted = _each(as_number, cells).astype(np.float32)
    return ~((values == wanted) | (np.isnan(values) & np.isnan(wanted)))


def _same(wanted: str, found: str) -> bool:
    return wanted == found or (_is_number(wanted) and _is_number(found) and float(wanted) == float(found))


def _may_be_left_out(decision: Decision, cells: list[str]) -> bool:
    """Whether the reason for leaving a column out is true."""
    known = [cell for cell in cells if cell not in GAPS]
    different = len(set(known))
    if decision.kind == "index":
        return different == len(cells) and all(map(_is_number, cells))
    reasons = {"constant": different == 1, "empty": different == 0, "text": different > max(10, len(known) / 2)}
    return reasons.get(decision.kind, False)


def _same_rows(data: Dataset, x: Array, y: Array) -> bool:
    """Whether the parts together hold each row that has a target, once."""
    parts = (data.train, data.validation, data.test)
    found = np.concatenate([np.column_stack([part.x, part.y]) for part in parts])
    return np.array_equal(_sorted(found), _sorted(np.column_stack([x, y])))


def _sorted(rows: Array) -> Array:
    return rows[np.lexsort(rows.T)] if rows.size else rows


def _each(read: Callable[[str], float], cells: list[str]) -> Array:
    found = np.full(len(cells), np.inf)  # what is neither a number nor a gap is unlike any number
    for row, cell in enumerate(cells):
        if _is_number(cell) or cell in GAPS:
            found[row] = read(cell)
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
