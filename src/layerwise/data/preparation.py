"""What turns the columns of a table into the x of a network, and its answers back into the units of the table.

Learnt on the training part, kept with the network: a row that comes years later is prepared as the rows then were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.data.column import Column, missing_cell, scaled
from layerwise.data.scaling import standardise
from layerwise.data.tables.decision import Decision
from layerwise.data.tables.frame import Frame, frame_of
from layerwise.data.tables.interpretation.category import as_texts, class_name
from layerwise.data.tables.interpretation.date import DateReading
from layerwise.data.tables.interpretation.number import Notation
from layerwise.data.tables.values import MISSING, NO_NUMBER, Cells, Texts, Values, raw_values
from layerwise.data.tables.words import Place, counted, listed, row_place, shorten, shown, suggestion
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.types import Array

Raw = Mapping[str, Cells] | Frame
"""Raw columns: each name with one cell a row, a DataFrame, or what `read_frame` gives."""


@dataclass(frozen=True)
class Preparation:
    """The way from raw columns to x, and from y back to the units or classes of the target.

    A column of numbers becomes (value - mean) / scale. A column of texts becomes one feature for each category
    of the training part, 1 where the text is that category and 0 elsewhere; a text that training never saw gives
    0 in all of them. For missing values see `Column`. A target of numbers is standardised in the same way; classes are
    numbered in their order.

    >>> p = Preparation((Column("age", 40.0, 10.0), Column("sex", categories=("f", "m"))), target="income")
    >>> p.features
    ('age', 'sex=f', 'sex=m')
    >>> p.apply({"age": ["50", "40"], "sex": ["m", "x"]})
    array([[1., 0., 1.],
           [0., 0., 0.]], dtype=float32)
    """

    columns: tuple[Column, ...]
    target: str
    classes: tuple[str, ...] = ()
    """The classes in the order of their labels; empty for regression."""
    target_mean: float = 0.0
    target_scale: float = 1.0
    unit: str = ""
    """The unit of the target; empty when unknown."""
    image_shape: tuple[int, int, int] | None = None
    """(1, H, W) when x has that shape for each sample; None when a sample is a row of features."""
    reading: Notation | None = None
    """How the cells of a target of numbers are written; None for plain ones."""
    folded: bool = False
    """Whether a class is known in letters of any case."""
    decisions: tuple[Decision, ...] = field(default=(), compare=False)
    """What was decided about each column of the table; a record, of which nothing here depends."""

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in the order of the axis of x, each a name of its own."""
        names: dict[str, None] = {}
        for name in (feature for column in self.columns for feature in column.features):
            own, count = name, 2
            while own in names:
                own, count = f"{name} ({count})", count + 1
            names[own] = None
        return tuple(names)

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the table that x is made of, each once."""
        return tuple(dict.fromkeys(column.raw for column in self.columns))

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return "classification" if self.classes else "regression"

    def apply(self, columns: Raw, place: Place | None = None) -> Array:
        """x of raw columns: (N, D) float32, C-contiguous, or (N, 1, H, W) for a preparation with an image shape.

        columns: each name with one cell a row (numbers may be texts), or a DataFrame. Other columns, such as the
        target, are left aside. place: how an error names a row; None counts rows, or lines for a file.
        Errors: `DataError` naming the column that is missing, or the row and column of a wrong cell.
        """
        return self.applied(columns, place)[0]

    def applied(self, columns: Raw, place: Place | None = None) -> tuple[Array, tuple[str, ...]]:
        """x as `apply` gives it, and a sentence for each column that holds what training never saw.

        >>> p = Preparation((Column("sex", categories=("f", "m")),), target="income")
        >>> print(*p.applied({"sex": ["m", "x", "", "y"]})[1])
        2 rows hold a category of 'sex' that training never saw (first: row 2, 'x'): all features of 'sex' are 0 there
        """
        frame = frame_of(columns)
        self._check_columns(frame)
        place = place or frame.place
        x = np.zeros((frame.rows, sum(len(column.features) for column in self.columns)), dtype=np.float32)
        notes: list[str] = []
        for name, raw in frame.columns(self.sources):
            first = True
            for column, start in self._of(name):
                values = column.read(raw, place)
                x[:, start : start + len(column.features)] = column.encode(values, place)
                if first and (note := column.unusual(values, place)):
                    notes.append(note)
                first = False
        return self._shaped(x), tuple(notes)

    def unseen(self, columns: Raw, place: Place | None = None) -> tuple[str, ...]:
        """A sentence for each column that holds what training never saw; the columns are as for `apply`."""
        return self.applied(columns, place)[1]

    def apply_matrix(self, values: Array) -> Array:
        """The same for a matrix of numbers (N, D), none missing, whose columns stand in the order of `columns`."""
        values = real_array("values", values)
        if values.ndim != 2 or values.shape[1] != len(self.columns):
            raise ShapeError(f"values must be (N, {len(self.columns)}), a column for each name, got {values.shape}")
        if texts := [column.raw for column in self.columns if column.categories or column.source]:
            raise DataError(f"the column {texts[0]!r} holds texts, which a matrix of numbers can not: use apply")
        mean = np.array([column.mean for column in self.columns])
        scale = np.array([column.scale for column in self.columns])
        x = standardise(values, mean, scale)
        if any(column.gaps for column in self.columns):
            told = np.zeros((len(x), len(self.features)), dtype=np.float32)  # nothing is missing: those features are 0
            told[:, np.cumsum([0, *(len(column.features) for column in self.columns[:-1])])] = x
            x = told
        return self._shaped(x)

    def labels(self, target: Cells | Values, place: Place = row_place) -> Array:
        """y of a raw target column: (N,) int64 labels, or (N, 1) float32 standardised numbers.

        Errors: `DataError` at the first row without a target, or with one that is none of the classes.
        """
        raw = target if isinstance(target, Texts) else raw_values(self.target, target)
        if not self.classes:
            return self.scaled_target((self.reading or Notation()).numbers(self.target, raw, place), place, whole=True)
        texts = as_texts(raw)
        label_of = {name: label for label, name in enumerate(self.classes)}
        if self.folded:
            label_of = {name.casefold(): label for name, label in label_of.items()} | label_of
        labels = np.array([self._label(name, label_of) for name in texts.names] + [-1], np.int64)
        found = labels[texts.codes]
        if (found < 0).any():
            row = int(np.argmax(found < 0))
            name = texts.names[texts.codes[row]] if texts.codes[row] >= 0 else ""
            if name in MISSING:
                raise missing_cell(self.target, place(row))
            raise DataError(
                f"{place(row)}: {shown(name)} is no class of {self.target!r}.{suggestion(name, self.classes)}"
            )
        return found

    def known(self, target: Cells | Values) -> Array:
        """(N,) booleans: the rows of a raw target column that hold something."""
        raw = target if isinstance(target, Texts) else raw_values(self.target, target)
        if not isinstance(raw, Texts):
            return ~np.isnan(raw)
        words = MISSING if self.classes else NO_NUMBER
        gap = np.array([name in words and name not in self.classes for name in raw.names] + [True])
        return ~gap[raw.codes]

    def scaled_target(self, values: Array, place: Place, whole: bool = False) -> Array:
        """Numbers (N,) of the target as y (N, 1). whole: whether one that is missing is refused."""
        if whole and np.any(missing := np.isnan(values)):
            raise missing_cell(self.target, place(int(np.argmax(missing))))
        known = ~np.isnan(values)
        y = np.full(len(values), np.nan, dtype=np.float32)
        y[known] = scaled(
            self.target, values[known], self.target_mean, self.target_scale,
            lambda row: place(int(np.flatnonzero(known)[row])),
        )  # fmt: skip
        return y.reshape(-1, 1)

    def to_units(self, y: Array) -> Array:
        """Standardised targets or predictions back in the unit of the table: y * scale + mean, float64.

        >>> Preparation((Column("x"),), "price", target_mean=100.0, target_scale=20.0).to_units(np.array([[1.5]]))
        array([[130.]])
        """
        if self.classes:
            raise SettingError(f"{self.target!r} has classes, which have no units: use classes[label]")
        return real_array("y", y, np.float64) * self.target_scale + self.target_mean

    def raw(self, x: Array, digits: int = 4) -> list[tuple[str, str]]:
        """The columns of the table for one sample, each with its value before the preparation: the inverse of `apply`.

        x: one sample, of any shape that `apply` gives.
        digits: how many a number is written with, 4 unless given.
        Returns names and values: "NA" for a missing value that a feature tells, "" for a text that training never saw.

        >>> p = Preparation((Column("age", 40.0, 10.0), Column("sex", categories=("f", "m"))), target="income")
        >>> p.raw(np.array([1.0, 0.0, 1.0]))
        [('age', '50'), ('sex', 'm')]
        """
        row = x.ravel()
        found: dict[str, str] = {}
        for source in self.sources:
            column, start = self._of(source)[-1]  # of a date the last part, which holds all of it
            found[source] = column.decode(row[start : start + len(column.features)], digits)
        return list(found.items())

    def raw_target(self, y: Array, digits: int = 7) -> str:
        """The cell of the target for one label, or one standardised number, as the table would have it."""
        if self.classes:
            return self.classes[int(y)]
        return (self.reading or Notation()).write(float(self.to_units(y).ravel()[0]), digits)

    def describe(self) -> str:
        """One sentence about what was done to the columns."""
        plain = [column for column in self.columns if not column.categories]
        encoded = len(self.columns) - len(plain)
        dates = len({column.raw for column in plain if isinstance(column.reading, DateReading)})
        parts = []
        if plain:
            parts.append(_describe_scaling(plain))
        if encoded:
            parts.append(f"{counted(encoded, 'column')} of texts as one 0/1 feature for each category")
        if dates:
            parts.append(
                f"{counted(dates, 'column')} of dates as year, month, weekday, hour, days, as far as they vary"
            )
        if any(column.gaps for column in self.columns):
            parts.append("where the training part has gaps, a 0/1 feature tells what is missing")
        return "; ".join(parts)

    def to_spec(self) -> dict[str, Any]:
        """A table of plain values for TOML or JSON; `from_spec` gives back an equal preparation."""
        from layerwise.data.preparation_spec import to_spec

        return to_spec(self)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Preparation:
        """The preparation that a table describes. Errors: `DataError` naming the entry that is not as it must be."""
        from layerwise.data.preparation_spec import from_spec

        return from_spec(spec)

    def _label(self, name: str, label_of: Mapping[str, int]) -> int:
        for form in (name, class_name(name), name.casefold() if self.folded else name):
            if form in label_of:
                return label_of[form]
        return -1

    def _of(self, source: str) -> list[tuple[Column, int]]:
        """The columns that are read from one of the table, each with the place of its first feature."""
        starts = np.cumsum([0, *(len(column.features) for column in self.columns)])
        places = zip(self.columns, starts.tolist(), strict=False)
        return [(column, start) for column, start in places if column.raw == source]

    def _check_columns(self, frame: Frame) -> None:
        missing = [name for name in self.sources if name not in frame]
        if missing:
            raise DataError(self._lack(frame, missing))

    def _lack(self, frame: Frame, missing: Sequence[str]) -> str:
        """Which columns are not there; of many the first, since the table is then another one."""
        extra = [name for name in frame.names if name not in self.sources]
        hint = suggestion(missing[0], extra) if extra else ""
        if len(missing) == len(self.sources) > 1 and not hint.startswith(" Did you mean"):
            found = f"; it has {listed(frame.names)}" if frame.names else ""
            wanted = f"the {len(missing)} columns that were learnt from, {listed(missing)}"
            return f"{shorten(f'{frame.label} has none of {wanted}{found}', 300)}: is it another table?"
        lack = f"{frame.label} lacks the column{'s'[: len(missing) != 1]} {listed(missing)}"
        return f"{shorten(lack, 300)}.{hint}"

    def _shaped(self, x: Array) -> Array:
        return x.reshape(len(x), *self.image_shape) if self.image_shape else x


def _describe_scaling(columns: Sequence[Column]) -> str:
    kinds = {(column.mean, column.scale) for column in columns}
    if kinds == {(0.0, 1.0)}:
        return "numbers as they are"
    if len(kinds) == 1 and len(columns) > 1 and columns[0].mean == 0:
        return f"numbers divided by {columns[0].scale:g}"
    return "numbers standardised to mean 0 and spread 1, learnt on the training part"
