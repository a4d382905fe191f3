"""What turns the columns of a table into the x of a network, and its answers back into the units of the table.

Learnt on the training part, kept with the network: a row that comes years later is prepared as the rows then were.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from layerwise.arrays import real_array
from layerwise.data import cells
from layerwise.data.cells import Cells, Place, shown, suggestion
from layerwise.data.column import Column, scaled
from layerwise.data.reading import check_column, read_numbers, read_texts, require_all
from layerwise.data.scaling import standardise
from layerwise.data.table import Table
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.types import Array

_ENTRIES = {"columns", "mean", "scale", "categories", "fill", "gaps", "target", "image_shape"}


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

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in the order of the axis of x."""
        return tuple(feature for column in self.columns for feature in column.features)

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return "classification" if self.classes else "regression"

    def apply(self, columns: Mapping[str, Cells], place: Place | None = None) -> Array:
        """x of raw columns: (N, D) float32, C-contiguous, or (N, 1, H, W) for a preparation with an image shape.

        columns: each name with one cell a row; numbers may be texts. Other columns, such as the target, are left
        aside. place: how an error names a row; None counts rows, or lines for a table that was read from a file.
        Errors: `DataError` naming the column that is missing, or the row and column of a wrong cell.
        """
        self._check_columns(columns)
        place = place or _place(columns)
        n = columns.rows if isinstance(columns, Table) else len(columns[self.columns[0].name])
        x = np.zeros((n, len(self.features)), dtype=np.float32)
        start = 0
        for column in self.columns:
            width = len(column.features)
            x[:, start : start + width] = column.encode(column.read(columns[column.name], place), place)
            start += width
        return self._shaped(x)

    def unseen(self, columns: Mapping[str, Cells], place: Place | None = None) -> tuple[str, ...]:
        """A sentence for each column that holds texts which training never saw; the columns are as for `apply`.

        >>> p = Preparation((Column("sex", categories=("f", "m")),), target="income")
        >>> print(*p.unseen({"sex": ["m", "x", "", "y"]}))
        2 rows hold a category of 'sex' that training never saw (first: row 2, 'x'): all features of 'sex' are 0 there
        """
        self._check_columns(columns)
        place = place or _place(columns)
        encoded = [column for column in self.columns if column.categories]
        found = (column.unseen(read_texts(column.name, columns[column.name]), place) for column in encoded)
        return tuple(filter(None, found))

    def apply_matrix(self, values: Array) -> Array:
        """The same for a matrix of numbers (N, D), none missing, whose columns stand in the order of `columns`."""
        values = real_array("values", values)
        if values.ndim != 2 or values.shape[1] != len(self.columns):
            raise ShapeError(f"values must be (N, {len(self.columns)}), a column for each name, got {values.shape}")
        if texts := [column.name for column in self.columns if column.categories]:
            raise DataError(f"the column {texts[0]!r} holds texts, which a matrix of numbers can not: use apply")
        mean = np.array([column.mean for column in self.columns])
        scale = np.array([column.scale for column in self.columns])
        x = standardise(values, mean, scale)
        if any(column.gaps for column in self.columns):
            told = np.zeros((len(x), len(self.features)), dtype=np.float32)  # nothing is missing: those features are 0
            told[:, np.cumsum([0, *(len(column.features) for column in self.columns[:-1])])] = x
            x = told
        return self._shaped(x)

    def labels(self, target: Cells, place: Place = cells.row_place) -> Array:
        """y of a raw target column: (N,) int64 labels, or (N, 1) float32 standardised numbers."""
        if not self.classes:
            values = read_numbers(self.target, target, place)
            require_all(self.target, values, target, place)
            return scaled(self.target, values, self.target_mean, self.target_scale, place).reshape(-1, 1)
        found = read_texts(self.target, target)
        require_all(self.target, found, target, place)
        label_of = {name: label for label, name in enumerate(self.classes)}
        labels = np.array([label_of.get(name, label_of.get(class_name(name), -1)) for name in found.names], np.int64)
        unknown = [name for name, label in zip(found.names, labels, strict=True) if label < 0]
        if unknown:
            hint = suggestion(unknown[0], self.classes)
            where = place(int(found.rows(unknown[0])[0]))
            raise DataError(f"{where}: {shown(unknown[0])} is no class of {self.target!r}.{hint}")
        return labels[found.codes]

    def to_units(self, y: Array) -> Array:
        """Standardised targets or predictions back in the unit of the table: y * scale + mean, float64.

        >>> Preparation((Column("x"),), "price", target_mean=100.0, target_scale=20.0).to_units(np.array([[1.5]]))
        array([[130.]])
        """
        if self.classes:
            raise SettingError(f"{self.target!r} has classes, which have no units: use classes[label]")
        return real_array("y", y, np.float64) * self.target_scale + self.target_mean

    def raw(self, x: Array, digits: int = 4) -> list[tuple[str, str]]:
        """The columns of one prepared sample, each with its value before the preparation: the inverse of `apply`.

        x: one sample, of any shape that `apply` gives.
        digits: how many a number is written with, 4 unless given.
        Returns names and values: "NA" for a missing value that a feature tells, "" for a text that training never saw.

        >>> p = Preparation((Column("age", 40.0, 10.0), Column("sex", categories=("f", "m"))), target="income")
        >>> p.raw(p.apply({"age": ["0"], "sex": ["m"]})[0])
        [('age', '0'), ('sex', 'm')]
        """
        found: list[tuple[str, str]] = []
        start, row = 0, x.ravel()
        for column in self.columns:
            features = row[start : start + len(column.features)]
            start += len(column.features)
            if column.gaps and features[-1]:
                found.append((column.name, "NA"))
            elif column.categories:
                found.append((column.name, column.categories[int(features.argmax())] if features.any() else ""))
            else:
                found.append((column.name, f"{_unscaled(column, float(features[0])):.{digits}g}"))
        return found

    def describe(self) -> str:
        """One sentence about what was done to the columns."""
        plain = [column for column in self.columns if not column.categories]
        encoded = len(self.columns) - len(plain)
        parts = []
        if plain:
            parts.append(_describe_scaling(plain))
        if encoded:
            parts.append(f"{encoded} column{'s'[: encoded != 1]} of texts as one 0/1 feature for each category")
        if any(column.gaps for column in self.columns):
            parts.append("where the training part has gaps, a 0/1 feature tells what is missing")
        return "; ".join(parts)

    def to_spec(self) -> dict[str, Any]:
        """A table of plain values for TOML or JSON; `from_spec` gives back an equal preparation."""
        target: dict[str, Any] = {"name": self.target}
        if self.classes:
            target["classes"] = list(self.classes)
        else:
            target |= {"mean": self.target_mean, "scale": self.target_scale, "unit": self.unit}
        spec: dict[str, Any] = {
            "columns": [column.name for column in self.columns],
            "mean": [column.mean for column in self.columns],
            "scale": [column.scale for column in self.columns],
            "categories": {c.name: list(c.categories) for c in self.columns if c.categories},
            "target": target,
        }
        if fill := {column.name: column.fill for column in self.columns if column.fill is not None}:
            spec["fill"] = fill
        if gaps := [column.name for column in self.columns if column.gaps]:
            spec["gaps"] = gaps
        if self.image_shape:
            spec["image_shape"] = list(self.image_shape)
        return spec

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Preparation:
        """The preparation that a table describes. Errors: `DataError` naming the entry that is not as it must be."""
        _check_keys(spec, _ENTRIES, "the preparation")
        names = _entry(spec, "columns", _is_names)
        means = _entry(spec, "mean", lambda value: _is_numbers(value, len(names)))
        scales = _entry(spec, "scale", lambda value: _is_numbers(value, len(names)) and min(value) > 0)
        categories = _by_column(spec, "categories", names, _is_names)
        fill = _by_column({"fill": {}} | dict(spec), "fill", names, _is_number)
        gaps = _entry({"gaps": []} | dict(spec), "gaps", lambda value: value == [] or _is_names(value))
        for name in gaps:
            if name not in names:
                raise DataError(f"the preparation has gaps for {shown(name)}, which is no column of it")
        columns = tuple(
            Column(name, float(mean), float(scale), tuple(categories.get(name, ())), fill.get(name), name in gaps)
            for name, mean, scale in zip(names, means, scales, strict=True)
        )
        features = sum(len(column.features) for column in columns)
        shape = _entry(spec, "image_shape", lambda value: _is_shape(value, features)) if "image_shape" in spec else None
        target = _entry(spec, "target", lambda value: isinstance(value, Mapping))
        return cls(columns, **_target(target), image_shape=tuple(shape) if shape else None)

    def _check_columns(self, columns: Mapping[str, Cells]) -> None:
        if not isinstance(columns, Mapping):
            raise KindError(f"columns must map each name to its cells, got {type(columns).__name__}")
        missing = [column.name for column in self.columns if column.name not in columns]
        if missing:
            raise DataError(self._lack(columns, missing))
        if isinstance(columns, Table):
            return
        for column in self.columns:
            check_column(column.name, columns[column.name])
        sizes = {column.name: len(columns[column.name]) for column in self.columns}
        if len(set(sizes.values())) > 1:
            found = ", ".join(f"{name!r} {size}" for name, size in sizes.items())
            raise DataError(cells.shorten(f"all columns need the same number of rows, got {found}", 300))

    def _lack(self, columns: Mapping[str, Cells], missing: Sequence[str]) -> str:
        """Which columns are not there; of many the first, since the table is then another one."""
        where = columns.path.name if isinstance(columns, Table) else "the table"
        extra = [name for name in columns if name not in {column.name for column in self.columns}]
        hint = suggestion(missing[0], extra) if extra else ""
        if len(missing) == len(self.columns) > 1 and not hint.startswith(" Did you mean"):
            found = f"; it has {cells.listed(list(columns))}" if columns else ""
            wanted = f"the {len(missing)} columns that were learnt from, {cells.listed(missing)}"
            return f"{cells.shorten(f'{where} has none of {wanted}{found}', 300)}: is it another table?"
        lack = f"{where} lacks the column{'s'[: len(missing) != 1]} {cells.listed(missing)}"
        return f"{cells.shorten(lack, 300)}.{hint}"

    def _shaped(self, x: Array) -> Array:
        return x.reshape(len(x), *self.image_shape) if self.image_shape else x


def _place(columns: Mapping[str, Cells]) -> Place:
    return columns.place if isinstance(columns, Table) else cells.row_place


def class_name(cell: str) -> str:
    """The name of the class that a cell stands for: whole numbers are written plainly, texts as they are.

    >>> class_name("1.0"), class_name("0.5"), class_name("red")
    ('1', '0.5', 'red')
    """
    if not cells.is_number(cell):
        return cell
    value = float(cell)
    return str(int(value)) if value.is_integer() else repr(value)


def _unscaled(column: Column, x: float) -> float:
    """The value of a column's cell, without the digits that float32 did not keep: 0 comes back as 0."""
    value = x * column.scale + column.mean
    kept = abs(column.mean) + abs(x * column.scale)
    return round(value, 6 - math.floor(math.log10(kept))) + 0.0 if kept > 0 else 0.0


def _describe_scaling(columns: Sequence[Column]) -> str:
    kinds = {(column.mean, column.scale) for column in columns}
    if kinds == {(0.0, 1.0)}:
        return "numbers as they are"
    if len(kinds) == 1 and len(columns) > 1 and columns[0].mean == 0:
        return f"numbers divided by {columns[0].scale:g}"
    return "numbers standardised to mean 0 and spread 1, learnt on the training part"


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    _check_keys(target, {"name", "classes", "mean", "scale", "unit"}, "the target of the preparation")
    found = {"target": _entry(target, "name", lambda value: isinstance(value, str))}
    if "classes" in target:
        return found | {"classes": tuple(_entry(target, "classes", _is_names))}
    return found | {
        "target_mean": float(_entry(target, "mean", _is_number)),
        "target_scale": float(_entry(target, "scale", lambda value: _is_number(value) and value > 0)),
        "unit": _entry(target, "unit", lambda value: isinstance(value, str)),
    }


def _check_keys(spec: Mapping[str, Any], known: set[str], what: str) -> None:
    if not isinstance(spec, Mapping):
        raise DataError(f"{what} must be a table, got {shown(spec)}")
    for key in spec:
        if key not in known:
            raise DataError(f"{what} has an entry {shown(key)} that is not known.{suggestion(key, known)}")


def _entry(spec: Mapping[str, Any], key: str, is_right: Callable[[Any], bool]) -> Any:
    if key not in spec:
        raise DataError(f"the preparation lacks its entry {key!r}")
    if not is_right(spec[key]):
        raise DataError(f"the entry {shown(key)} of the preparation is damaged: {shown(spec[key])}")
    return spec[key]


def _by_column(
    spec: Mapping[str, Any], key: str, names: Sequence[str], is_right: Callable[[Any], bool]
) -> Mapping[str, Any]:
    """An entry that holds something for some of the columns."""
    found: Mapping[str, Any] = _entry(spec, key, lambda value: isinstance(value, Mapping))
    for name in found:
        if name not in names:
            raise DataError(f"the preparation has {key} for {shown(name)}, which is no column of it")
        _entry(found, name, is_right)
    return found


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _is_numbers(value: Any, length: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == length and all(map(_is_number, value))


def _is_names(value: Any) -> bool:
    """A list of texts, at least one, each different."""
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


def _is_shape(value: Any, features: int) -> bool:
    return _is_numbers(value, 3) and all(isinstance(n, int) and n > 0 for n in value) and math.prod(value) == features
