"""Series: one number after the other in time, which are never mixed."""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from layerwise.errors import DataError, FileError
from layerwise.types import Array

_FEWEST = 40
"""Values below which nothing can be learnt and tested."""


@dataclass(frozen=True, eq=False)
class Series:
    """Values at equal distances in time, the oldest first.

    name: what was measured. times: (N,) texts, such as years. values: (N,) float64. step: what lies between two values,
    such as "year". source, terms: who measured it, and what one may do with it.
    """

    name: str
    times: tuple[str, ...]
    values: Array
    step: str
    source: str
    terms: str


def sunspots() -> Series:
    """The mean number of sunspots of each year, 1700 to 2008, 309 values.

    Source: yearly means that the National Geophysical Data Center (NOAA) published; the same table comes with
    statsmodels. Terms: public domain.

    >>> series = sunspots()
    >>> series.times[0], float(series.values[0]), len(series.values)
    ('1700', 5.0, 309)
    """
    text = (files("layerwise.data") / "shipped" / "sunspots.csv").read_text(encoding="utf-8")
    times, values = _columns(text, "sunspots.csv")
    return Series(
        "sunspots", times, values, "year",
        "Yearly means of the sunspot number, National Geophysical Data Center (NOAA).", "Public domain.",
    )  # fmt: skip


def read_series(path: str | os.PathLike[str]) -> Series:
    """A series of your own: a CSV file with a head and two columns, the time and the value, the oldest row first.

    path: the file; of more than two columns the last is taken. Rows are taken to lie at equal distances in time.
    Raises FileError for a file that can not be read, DataError for one that is no series of at least 40 numbers.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{path} is no text in UTF-8: save it as CSV in UTF-8") from None
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from error
    times, values = _columns(text, str(path))
    return Series(Path(path).stem, times, values, "step", f"Your file {Path(path).name}.", "Yours.")


def _columns(text: str, name: str) -> tuple[tuple[str, ...], Array]:
    """The first column as texts, the last as numbers."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row][1:]
    times, values = [], []
    for number, row in enumerate(rows, start=2):
        if len(row) < 2:
            raise DataError(f"{name}, row {number}: a series wants two columns, the time and the value; got {row}")
        try:
            value = float(row[-1])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise DataError(f"{name}, row {number}: {row[-1]!r} is no number; a series may have no gaps: fill it first")
        times.append(row[0])
        values.append(value)
    if len(values) < _FEWEST:
        raise DataError(f"{name} has {len(values)} values; at least {_FEWEST} are wanted, to learn from and to test")
    if min(values) == max(values):
        raise DataError(f"every value of {name} is {values[0]:g}: there is nothing to forecast")
    return tuple(times), np.array(values)
