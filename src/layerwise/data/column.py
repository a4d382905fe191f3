"""One column as it is prepared for a network: learnt on the training part, applied to every row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from layerwise.data.scaling import learn_scaling, standardise
from layerwise.data.tables.interpretation.category import as_texts, commonest
from layerwise.data.tables.interpretation.date import DateReading
from layerwise.data.tables.interpretation.number import Notation
from layerwise.data.tables.values import MISSING, Texts, Values, missing_rows
from layerwise.data.tables.words import Place, counted, row_place, shown
from layerwise.errors import DataError
from layerwise.types import Array


@dataclass(frozen=True)
class Column:
    """Numbers with their scaling, or texts with their categories; and what stands for a missing value.

    A gap in a column of numbers is filled with `fill`; in a column of texts it belongs to no category. Where the
    training part had gaps, one more feature says so: 1 where there is no value, 0 where there is one.

    >>> age = Column("age", mean=40.0, scale=10.0, fill=35.0, gaps=True)
    >>> age.features, age.encode(age.read(np.array([50, np.nan])))
    (('age', 'age missing'), array([[ 1. ,  0. ],
           [-0.5,  1. ]], dtype=float32))
    """

    name: str
    mean: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    """The texts seen in training, sorted; empty for a column of numbers."""
    fill: float | None = None
    """The number for a missing one, the median of the training part; None refuses missing numbers."""
    gaps: bool = False
    """Whether the training part had gaps."""
    source: str = ""
    """The column of the table, where it has another name: a date becomes several columns."""
    reading: Notation | DateReading | None = None
    """How a cell becomes a number; None for plain numbers and for categories."""
    folded: bool = False
    """Whether a text of another case than a category is that category."""

    @property
    def raw(self) -> str:
        """The name of the column of the table that this one is read from."""
        return self.source or self.name

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features it becomes: itself, or one for each category (`colour=red`); `colour missing`."""
        names = tuple(f"{self.name}={category}" for category in self.categories) or (self.name,)
        return (*names, f"{self.name} missing") if self.gaps else names

    def read(self, values: Values, place: Place = row_place) -> Values:
        """The raw values as numbers or categories, as this column has them.

        Errors: `DataError` with the place of a wrong cell.
        """
        if self.categories:
            return self._known(as_texts(values))
        found = (self.reading or Notation()).numbers(self.raw, values, place)
        if self.fill is None and np.any(missing := np.isnan(found)):
            raise missing_cell(self.raw, place(int(np.argmax(missing))))
        return found

    def encode(self, values: Values, place: Place = row_place) -> Array:
        """The features (N, width) of what was read, in float32."""
        x = np.zeros((len(missing := missing_rows(values)), len(self.features)), dtype=np.float32)
        if isinstance(values, Texts):
            feature_of = {category: feature for feature, category in enumerate(self.categories)}
            features = np.array([feature_of.get(name, -1) for name in values.names] + [-1])[values.codes]
            rows = np.flatnonzero(features >= 0)
            x[rows, features[rows]] = 1
        else:
            x[:, 0] = scaled(self.name, self._filled(values, missing), self.mean, self.scale, place)
        if self.gaps:
            x[:, -1] = missing
        return x

    def unusual(self, values: Values, place: Place = row_place) -> str:
        """What was read that training never saw: categories without a feature, gaps where there were none. One
        sentence, or nothing."""
        if isinstance(values, Texts):
            return self._unseen(values, place)
        missing = np.isnan(values)
        if self.gaps or not missing.any():
            return ""
        where = place(int(np.argmax(missing)))
        filled = counted(int(missing.sum()), "row")
        return (
            f"{filled} without {self.raw!r} (first: {where}), which had no gaps in training: filled with its median "
            f"there, {self.usual}"
        )

    def decode(self, x: Array, digits: int) -> str:
        """The raw cell of the features of one row: "NA" for a missing value that a feature tells, "" for a text unseen
        in training."""
        if self.gaps and len(x) == len(self.features) and x[-1]:
            return "NA"
        if self.categories:
            return self.categories[int(x[: len(self.categories)].argmax())] if x[: len(self.categories)].any() else ""
        value = _unscaled(self, float(x[0]))
        if isinstance(self.reading, DateReading):
            return self.reading.write(value)
        return (self.reading or Notation()).write(value, digits)

    @property
    def usual(self) -> str:
        """The value that stands for a missing number, as the table would have it."""
        return self.decode(np.array([((self.fill or 0.0) - self.mean) / self.scale]), 6)

    def _known(self, texts: Texts) -> Texts:
        """The texts with gaps taken out, and with the letters of the categories."""
        same = {category.casefold(): category for category in self.categories} if self.folded else {}
        new = {}
        for name in texts.names:
            if name not in self.categories:
                new[name] = same.get(name.casefold(), "" if name in MISSING else name)
        return texts.replace(new) if any(name != to for name, to in new.items()) else texts

    def _unseen(self, texts: Texts, place: Place) -> str:
        rows = texts.rows(*(name for name in texts.names if name not in self.categories))
        if not len(rows):
            return ""
        first = f"first: {place(int(rows[0]))}, {shown(texts.names[texts.codes[rows[0]]])}"
        return (
            f"{counted(len(rows), 'row')} {'holds' if len(rows) == 1 else 'hold'} a category of {self.name!r} that "
            f"training never saw ({first}): all features of {self.name!r} are 0 there"
        )

    def _filled(self, values: Array, missing: Array) -> Array:
        return np.where(missing, self.fill, values) if self.fill is not None and missing.any() else values


def learn_column(name: str, values: Values, train: Array, *, scale: bool) -> Column:
    """The column that the rows `train` teach; `scale=False` leaves numbers as they are.

    Errors: `DataError` when the training part has no value at all.

    >>> learn_column("age", np.array([1.0, np.nan, 3.0, 99.0]), np.array([0, 1, 2]), scale=True).fill
    2.0
    """
    missing = missing_rows(values)[train]
    gaps = bool(missing.any())
    if missing.all():
        raise DataError(f"the column {name!r} has no value in any of the {len(train):,} rows of the training part")
    if isinstance(values, Texts):
        return Column(name, categories=commonest(values, train), gaps=gaps)
    known = values[train][~missing].astype(np.float64, copy=False)
    mean, spread = learn_scaling(name, known) if scale else (0.0, 1.0)
    return Column(name, mean, spread, fill=_median(known), gaps=gaps)


def scaled(name: str, values: Array, mean: float, scale: float, place: Place) -> Array:
    """Numbers (N,) standardised in float32; one that float32 can not hold is refused by its place."""
    result = standardise(values, mean, scale)
    finite = np.isfinite(result)
    if not finite.all():
        row = int(np.argmin(finite))
        raise DataError(f"{place(row)}: {name!r} is {values[row]!s}, beyond the range of float32 after scaling")
    return result


def missing_cell(name: str, where: str) -> DataError:
    """The sentence about a cell that must hold something."""
    return DataError(f"{where}: the value of {name!r} is missing: fill it in, or leave out the row")


def _unscaled(column: Column, x: float) -> float:
    """The value of a column's cell, without the digits that float32 did not keep: 0 comes back as 0."""
    value = x * column.scale + column.mean
    kept = abs(column.mean) + abs(x * column.scale)
    return round(value, 6 - math.floor(math.log10(kept))) + 0.0 if kept > 0 else 0.0


def _median(values: Array) -> float:
    """The value in the middle, or the mean of the two there, taken so that it can not overflow."""
    middle = [(len(values) - 1) // 2, len(values) // 2]
    low, high = np.partition(values, middle)[middle]
    return float(low / 2 + high / 2)
