"""From raw columns to a Dataset: split, learn the preparation on the training part, apply it to every part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from layerwise.checks import whole_number, yes_or_no
from layerwise.data.cells import Place, row_place
from layerwise.data.dataset import Card, Dataset, Part
from layerwise.data.preparation import Column, Preparation
from layerwise.data.scaling import learn_scaling
from layerwise.data.splits import Split, check_fractions, plain_split, stratified_split
from layerwise.random import generator
from layerwise.types import Array

VALIDATION = 0.1
TEST = 0.2


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
    """The target column: labels (N,) int64 with their classes, or float64 numbers (N,) with their unit."""

    name: str
    values: Array
    classes: tuple[str, ...] = ()
    unit: str = ""


def split_rows(target: Target, choices: Choices) -> Split:
    """The rows of each part: stratified by class, or plain for regression."""
    validation, test = choices.fractions
    draw = generator(choices.seed, "data.split")
    if not target.classes:
        return plain_split(len(target.values), validation=validation, test=test, generator=draw)
    return stratified_split(target.values, validation=validation, test=test, generator=draw, classes=target.classes)


def table_dataset(
    card: Card,
    columns: Mapping[str, Array | list[str]],
    target: Target,
    choices: Choices,
    *,
    scale: bool,
    place: Place | None = None,
) -> Dataset:
    """A dataset of a table: columns of numbers are standardised (if `scale`), columns of texts become 0/1.

    place: how an error names a row.
    """
    split = split_rows(target, choices)
    learnt = tuple(_learn_column(name, cells, split.train, scale=scale) for name, cells in columns.items())
    preparation = _with_target(learnt, target, split.train, scale=scale)
    x = preparation.apply(columns, place)
    y = target.values if target.classes else preparation.labels(target.values, place or row_place)
    return _dataset(card, x, y, split, preparation, None)


def image_dataset(card: Card, images: Array, target: Target, choices: Choices, *, white: int) -> Dataset:
    """A dataset of grey images (N, H, W), pixels from 0 to `white`; divided by `white` if `choices.scale`."""
    split = split_rows(target, choices)
    preparation = image_preparation(images.shape[1:], target, choices, white=white)
    x = preparation.apply_matrix(images.reshape(len(images), -1))
    return _dataset(card, x, target.values, split, preparation, (1, *images.shape[1:]))


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


def _learn_column(name: str, cells: Array | list[str], train: Array, *, scale: bool) -> Column:
    if isinstance(cells, list):
        return Column(name, categories=tuple(sorted({cells[row] for row in train})))
    if not scale:
        return Column(name)
    mean, spread = learn_scaling(name, cells[train].astype(np.float64))
    return Column(name, mean, spread)


def _with_target(columns: tuple[Column, ...], target: Target, train: Array, *, scale: bool) -> Preparation:
    if target.classes:
        return Preparation(columns, target.name, target.classes)
    mean, spread = learn_scaling(target.name, target.values[train]) if scale else (0.0, 1.0)
    return Preparation(columns, target.name, target_mean=mean, target_scale=spread, unit=target.unit)


def _dataset(
    card: Card,
    x: Array,
    y: Array,
    split: Split,
    preparation: Preparation,
    image_shape: tuple[int, int, int] | None,
) -> Dataset:
    return Dataset(
        name=card.name,
        task=preparation.task,
        train=Part(x[split.train], y[split.train]),
        validation=Part(x[split.validation], y[split.validation]),
        test=Part(x[split.test], y[split.test]),
        preparation=preparation,
        description=card.description,
        source=card.source,
        terms=card.terms,
        image_shape=image_shape,
    )
