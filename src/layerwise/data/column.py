"""One column of a table as it is prepared for a network: learnt on the training part, applied to every row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.data.cells import Cells, Place, row_place, shown
from layerwise.data.reading import Texts, Values, missing_rows, read_numbers, read_texts, require_all
from layerwise.data.scaling import learn_scaling, standardise
from layerwise.errors import DataError
from layerwise.types import Array


@dataclass(frozen=True)
class Column:
    """Numbers with their scaling, or texts with their categories; and what stands for a missing value.

    A gap in a column of numbers is filled with `fill`; in a column of texts it belongs to no category. Where the
    training part had gaps, one more feature says so: 1 where there is no value, 0 where there is one.

    >>> age = Column("age", mean=40.0, scale=10.0, fill=35.0, gaps=True)
    >>> age.features, age.encode(age.read(["50", "NA"]))
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

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features it becomes: itself, or one for each category (`colour=red`); `colour missing`."""
        names = tuple(f"{self.name}={category}" for category in self.categories) or (self.name,)
        return (*names, f"{self.name} missing") if self.gaps else names

    def read(self, cells: Cells, place: Place = row_place) -> Values:
        """The cells as numbers or texts, as this column has them. Errors: `DataError` with the place of a wrong one."""
        if self.categories:
            return read_texts(self.name, cells)
        values = read_numbers(self.name, cells, place)
        if self.fill is None:
            require_all(self.name, values, cells, place)
        return values

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

    def unseen(self, texts: Texts, place: Place = row_place) -> str:
        """What the texts are that no category stands for: one sentence, or nothing."""
        rows = texts.rows(*(name for name in texts.names if name not in self.categories))
        if not len(rows):
            return ""
        first = f"first: {place(int(rows[0]))}, {shown(texts.names[texts.codes[rows[0]]])}"
        held = "1 row holds" if len(rows) == 1 else f"{len(rows):,} rows hold"
        return (
            f"{held} a category of {self.name!r} that training never saw ({first}): "
            f"all features of {self.name!r} are 0 there"
        )

    def _filled(self, values: Array, missing: Array) -> Array:
        return np.where(missing, self.fill, values) if self.fill is not None and missing.any() else values


def learn_column(name: str, values: Values, train: Array, *, scale: bool) -> Column:
    """The column that the rows `train` teach; `scale=False` leaves numbers as they are.

    Errors: `DataError` when the training part has no value at all.

    >>> learn_column("age", np.array([1.0, np.nan, 3.0, 99.0]), np.array([0, 1, 2]), scale=True)
    Column(name='age', mean=2.0, scale=1.0, categories=(), fill=2.0, gaps=True)
    """
    missing = missing_rows(values)[train]
    gaps = bool(missing.any())
    if missing.all():
        raise DataError(
            f"the column {name!r} has no value in any of the {len(train):,} rows of the training part: "
            f"leave it out: drop=[{name!r}]"
        )
    if isinstance(values, Texts):
        seen = np.unique(values.codes[train][~missing])
        return Column(name, categories=tuple(sorted(values.names[code] for code in seen)), gaps=gaps)
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


def _median(values: Array) -> float:
    """The value in the middle, or the mean of the two there, taken so that it can not overflow."""
    middle = [(len(values) - 1) // 2, len(values) // 2]
    low, high = np.partition(values, middle)[middle]
    return float(low / 2 + high / 2)
