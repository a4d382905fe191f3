"""From raw columns to a Dataset: split, learn the preparation on the training part, apply it to every part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from layerwise.checks import whole_number, yes_or_no
from layerwise.data.column import Column, learn_column
from layerwise.data.dataset import Card, Dataset, Part
from layerwise.data.preparation import Preparation
from layerwise.data.scaling import learn_scaling
from layerwise.data.splits import Split, check_fractions, plain_split, stratified_split
from layerwise.data.tables.compact import Staged, assembled, staged
from layerwise.data.tables.interpretation.date import DateReading
from layerwise.data.tables.interpretation.number import Notation
from layerwise.data.tables.values import Texts, Values, missing_rows
from layerwise.data.tables.words import Place, row_place
from layerwise.errors import DataError
from layerwise.random import generator
from layerwise.types import Array

VALIDATION = 0.1
TEST = 0.2
MOST_NUMBERS = 2**28
"""Numbers in x: 1 GiB of float32. A table that would need more is refused before it fills the memory."""


@dataclass(frozen=True)
class Choices:
    """What a caller may choose for every dataset, checked when made."""

    seed: int = 0
    validation: float | None = None
    test: float | None = None
    scale: bool = True
    flat: bool = True
    fixed_test: bool = False
    """The set has a test part of its own, so `test` plays no part."""

    def __post_init__(self) -> None:
        whole_number("seed", self.seed, minimum=0)
        yes_or_no("scale", self.scale)
        yes_or_no("flat", self.flat)
        validation, test = self.fractions
        check_fractions(validation, TEST * (1 - validation) if self.fixed_test else test)

    @property
    def fractions(self) -> tuple[float, float]:
        """The parts for validation and test, with the defaults put in."""
        return (
            VALIDATION if self.validation is None else self.validation,
            TEST if self.test is None else self.test,
        )


@dataclass(frozen=True)
class Target:
    """The target column: labels (N,) int64 with their classes, or float64 numbers (N,) with their unit.

    A row without target holds -1, or NaN. reading: how the cells of numbers are written, if not plainly.
    rare_in_training: whether rows of a class too rare for three parts are for training alone; else it is refused.
    folded: whether class names that differ by case are one.
    """

    name: str
    values: Array
    classes: tuple[str, ...] = ()
    unit: str = ""
    reading: Notation | None = None
    rare_in_training: bool = False
    folded: bool = False

    @property
    def known(self) -> Array:
        """(N,) booleans: which rows have a target."""
        return self.values >= 0 if self.classes else ~np.isnan(self.values)


def split_rows(target: Target, choices: Choices) -> Split:
    """The rows of each part: stratified by class, or plain for regression. Rows without target are in none."""
    known = None if target.known.all() else np.flatnonzero(target.known)
    values = target.values if known is None else target.values[known]
    found = _drawn(values, target, choices)
    return found if known is None else Split(*(known[rows] for rows in found))


def _drawn(values: Array, target: Target, choices: Choices) -> Split:
    validation, test = choices.fractions
    draw = generator(choices.seed, "data.split")
    if not target.classes:
        return plain_split(len(values), validation=validation, test=test, generator=draw)
    return stratified_split(
        values, validation=validation, test=test, generator=draw, classes=target.classes,
        rare_in_training=target.rare_in_training,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Feature:
    """Values that a column of the preparation is learnt from.

    name: of the new column. values: all rows. source: the column of the table, if its name is another. reading: how
    its cells become numbers; None for plain ones and for categories. folded: whether categories that differ by case
    are one. optional: whether it is left out where all training rows have the same value.
    """

    name: str
    values: Values
    source: str = ""
    reading: Notation | DateReading | None = None
    folded: bool = False
    optional: bool = False

    def learnt(self, train: Array, *, scale: bool) -> Column | None:
        """The column that the training rows teach; None where they teach nothing."""
        missing = missing_rows(self.values)[train]
        if missing.all():
            return None
        if self.optional and not isinstance(self.values, Texts) and np.ptp(self.values[train][~missing]) == 0:
            return None
        column = learn_column(self.name, self.values, train, scale=scale)
        return replace(column, source=self.source, reading=self.reading, folded=self.folded)


def table_dataset(
    card: Card,
    features: Iterable[Feature],
    target: Target,
    choices: Choices,
    *,
    scale: bool,
    place: Place = row_place,
) -> Dataset:
    """A dataset of a table: columns of numbers are standardised (if `scale`), columns of texts become 0/1.

    features: taken one at a time, so that a large table needs never stand in memory as float64. place: how an error
    names a row.
    """
    split = split_rows(target, choices)
    learnt, waiting, missing = _read_all(card, features, split.train, scale=scale, place=place)
    preparation = _with_target(learnt, target, split.train, scale=scale)
    y = target.values if target.classes else preparation.scaled_target(target.values, place)
    parts = [Part(assembled(waiting, rows), y[rows]) for rows in split]
    return _dataset(card, parts, preparation, missing=missing)


def _read_all(
    card: Card, features: Iterable[Feature], train: Array, *, scale: bool, place: Place
) -> tuple[tuple[Column, ...], list[Staged], dict[str, int]]:
    """Each column as the rows `train` teach it, its encoded values, and how many are missing where some are."""
    learnt: list[Column] = []
    waiting: list[Staged] = []
    missing: dict[str, int] = {}
    width = 0
    for feature in features:
        column = feature.learnt(train, scale=scale)
        if column is None:
            continue
        learnt.append(column)
        waiting.append(staged(column, feature.values, place))
        width += waiting[-1].width
        _check_size(card, len(missing_rows(feature.values)), width)
        if count := int(missing_rows(feature.values).sum()):
            missing[column.raw] = count
    return tuple(learnt), waiting, missing


def image_dataset(card: Card, images: Array, target: Target, choices: Choices, *, white: int) -> Dataset:
    """A dataset of grey images (N, H, W), pixels from 0 to `white`; divided by `white` if `choices.scale`."""
    split = split_rows(target, choices)
    preparation = image_preparation(images.shape[1:], target, choices, white=white)
    x = preparation.apply_matrix(images.reshape(len(images), -1))
    parts = [Part(x[rows], target.values[rows]) for rows in split]
    return _dataset(card, parts, preparation, image_shape=(1, *images.shape[1:]))


def image_preparation(shape: tuple[int, ...], target: Target, choices: Choices, *, white: int) -> Preparation:
    """Pixels by their place, `pixel 3,12` for row 3 and column 12, divided by `white` if `choices.scale`."""
    height, width = shape
    scale = float(white) if choices.scale else 1.0
    names = [f"pixel {row},{column}" for row in range(height) for column in range(width)]
    return Preparation(
        tuple(Column(name, scale=scale) for name in names),
        target.name,
        target.classes,
        image_shape=None if choices.flat else (1, height, width),
    )


def _check_size(card: Card, rows: int, width: int) -> None:
    if rows * width > MOST_NUMBERS:
        raise DataError(
            f"{card.name} would become more than {MOST_NUMBERS:,} numbers ({rows:,} rows, {width:,} features so far): "
            "take fewer rows, or leave out columns, those with many categories first"
        )


def _with_target(columns: tuple[Column, ...], target: Target, train: Array, *, scale: bool) -> Preparation:
    if target.classes:
        return Preparation(columns, target.name, target.classes, folded=target.folded)
    mean, spread = learn_scaling(target.name, target.values[train]) if scale else (0.0, 1.0)
    return Preparation(
        columns, target.name, target_mean=mean, target_scale=spread, unit=target.unit, reading=target.reading
    )


def _dataset(card: Card, parts: list[Part], preparation: Preparation, **more: Any) -> Dataset:
    train, validation, test = parts
    return Dataset(
        name=card.name,
        task=preparation.task,
        train=train,
        validation=validation,
        test=test,
        preparation=preparation,
        description=card.description,
        source=card.source,
        terms=card.terms,
        **more,
    )
