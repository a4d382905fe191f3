"""Which sample goes into which part: training, validation or test. Pure functions of counts, labels and a generator.

The parts are disjoint and together complete. The order within a part is drawn too, so its first samples are a
fair sample of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from layerwise.checks import fraction
from layerwise.errors import DataError, SettingError
from layerwise.types import Array, Generator


class Split(NamedTuple):
    """The row numbers of each part, int64, each row in exactly one part."""

    train: Array
    validation: Array
    test: Array


def check_fractions(validation: float, test: float) -> tuple[float, float]:
    """The two fractions, each above 0, with something left for training.

    >>> check_fractions(0.1, 0.2)
    (0.1, 0.2)
    """
    validation = fraction("validation", validation)
    test = fraction("test", test)
    for name, value in (("validation", validation), ("test", test)):
        if value == 0:
            raise SettingError(f"{name} must be above 0, got 0: choices and the final number each need samples")
    if validation + test >= 1:
        raise SettingError(
            f"validation + test must stay below 1, got {validation:g} + {test:g}: nothing is left for training"
        )
    return validation, test


def plain_split(n: int, *, validation: float, test: float, generator: Generator) -> Split:
    """Split n rows by chance. A held-out part has round(fraction * n) rows, at least one.

    Errors: `DataError` when a part would be empty.

    >>> from layerwise.random import generator
    >>> [len(part) for part in plain_split(50, validation=0.1, test=0.2, generator=generator(0, "doc"))]
    [35, 5, 10]
    """
    held_out = _held_out(n, validation, test)
    if n - sum(held_out) < 1:
        raise DataError(
            f"{n} samples can not fill three parts with validation={validation:g} and test={test:g}: "
            "add samples or choose smaller fractions"
        )
    order = generator.permutation(n)
    first, second = held_out[0], sum(held_out)
    return Split(order[second:], order[:first], order[first:second])


def stratified_split(
    labels: Array,
    *,
    validation: float,
    test: float,
    generator: Generator,
    classes: Sequence[str],
    rare_in_training: bool = False,
) -> Split:
    """Split rows so that every part holds the classes in the same shares: each class is split by itself.

    labels: (N,) integers, positions in `classes`. A held-out part gets round(fraction * count) rows of each
    class, at least one. rare_in_training: whether a class that is too small for that goes to the training part whole.
    Errors: else `DataError` naming that class.
    """
    order = generator.permutation(len(labels))
    part = np.zeros(len(labels), dtype=np.int8)  # 0 training, 1 validation, 2 test
    for label, name in enumerate(classes):
        rows = order[labels[order] == label]
        held_out = _held_out(len(rows), validation, test)
        if len(rows) - sum(held_out) < 1:
            if rare_in_training:
                continue
            raise DataError(
                f"the class {name!r} has {len(rows)} sample{'s'[: len(rows) != 1]}, too few to be in training, "
                f"validation ({validation:g}) and test ({test:g}): add samples of it, merge it or leave it out"
            )
        first, second = held_out[0], sum(held_out)
        part[rows[:first]] = 1
        part[rows[first:second]] = 2
    # In `order`, a class fills the held-out parts first; a second order makes the beginning of each part a fair sample.
    mixed = generator.permutation(len(labels))
    return Split(*(mixed[part[mixed] == number] for number in range(3)))


def _held_out(n: int, validation: float, test: float) -> tuple[int, int]:
    return max(1, int(validation * n + 0.5)), max(1, int(test * n + 0.5))
