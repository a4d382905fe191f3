"""A dataset: three parts of arrays, what their numbers mean, and where they come from."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from layerwise.data.preparation import Preparation
from layerwise.data.scaling import restored
from layerwise.data.tables.decision import Decision
from layerwise.data.tables.look import decision_lines
from layerwise.display import Displayed
from layerwise.types import Array
from layerwise.wording import quantity


class Part(NamedTuple):
    """One part of a dataset: `x, y = data.train`.

    x: (N, D) or (N, 1, H, W), float32, C-contiguous. y: labels (N,) int64 for classification, (N, 1) float32 for
    regression.
    """

    x: Array
    y: Array


@dataclass(frozen=True)
class Card:
    """What is known of a dataset before it is loaded; `layerwise datasets` lists these."""

    name: str
    task: str
    """"classification" or "regression"."""
    samples: int
    features: int
    classes: int
    """0 for regression."""
    description: str
    source: str
    """Who made it: one sentence."""
    terms: str
    """What one may do with it: one sentence."""
    offline: bool = True
    """Whether loading it needs no download on this machine, now."""


@dataclass(frozen=True, eq=False)
class Dataset(Displayed):
    """Samples in three parts, prepared for training: train to learn from, validation to choose by, test to tell.

    >>> import layerwise.data
    >>> data = layerwise.data.load("moons", seed=1)
    >>> x, y = data.train
    >>> x.shape, y.shape, data.classes
    ((350, 2), (350,), ('upper', 'lower'))
    """

    name: str
    task: str
    """"classification" or "regression"."""
    train: Part
    validation: Part
    test: Part
    preparation: Preparation
    """The way from the raw columns to x, and from y back."""
    description: str
    source: str
    terms: str
    image_shape: tuple[int, int, int] | None = None
    """(1, H, W) when each sample is an image, also where x holds it flat."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """How many values are missing in each column that has gaps, over all parts."""
    notes: tuple[str, ...] = ()
    """What the user should know of how a table was read: one sentence each, all at once."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes in the order of their labels; () for regression."""
        return self.preparation.classes

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features after encoding, in the order of the columns of x."""
        return self.preparation.features

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about each column of a table; () for sets by name."""
        return self.preparation.decisions

    def describe(self, width: int = 80) -> str:
        """What it is, and what each column of a table became, in lines of at most so many columns, 80 unless given."""
        rows = [
            ("task", self._task()),
            ("samples", self._samples()),
            ("features", self._features()),
            ("classes" if self.classes else "target", self._target()),
            *([("missing", self._missing())] if self.missing else []),
            ("prepared", self.preparation.describe()),
            ("source", self.source),
            ("terms", self.terms),
        ]
        title = textwrap.fill(f"{self.name}: {self.description}", width, subsequent_indent="  ")
        columns = ["", *decision_lines(self.decisions, width)] if self.decisions else []
        return _printable("\n".join([title, *(_row(name, text, width) for name, text in rows), *columns]))

    def _task(self) -> str:
        if not self.classes:
            return f"regression of {self.preparation.target!r}"
        shares = self._shares()
        largest = int(np.argmax(shares))
        return (
            f"classification, {len(self.classes)} classes; always answering {self.classes[largest]!r} "
            f"is right for {_percent(shares[largest])}"
        )

    def _samples(self) -> str:
        train, validation, test = (len(part.x) for part in (self.train, self.validation, self.test))
        return f"{train + validation + test:,}: {train:,} training, {validation:,} validation, {test:,} test"

    def _features(self) -> str:
        if self.image_shape:
            _, height, width = self.image_shape
            return f"{height * width} pixels of an image {height} x {width}; x is {self._x_shape()}"
        return f"{len(self.features)}: {_some(self.features)}"

    def _x_shape(self) -> str:
        return "(N, " + ", ".join(map(str, self.train.x.shape[1:])) + ")"

    def _target(self) -> str:
        if self.classes:
            return _some(
                [f"{name} {_percent(share)}" for name, share in zip(self.classes, self._shares(), strict=True)]
            )
        parts = np.concatenate([self.train.y, self.validation.y, self.test.y])
        y = restored(parts, self.preparation.target_mean, self.preparation.target_scale)
        unit = f" {self.preparation.unit}" if self.preparation.unit else " (unit not stated)"
        middle = f"mean {quantity(y.mean())}, spread {quantity(y.std())} (standard deviation)"
        return f"{middle}, {y.min():,.7g} to {y.max():,.7g}{unit}"

    def _missing(self) -> str:
        """Which columns have gaps, and what the network gets there instead."""
        rows = sum(len(part.x) for part in (self.train, self.validation, self.test))
        cells = rows * len(self.preparation.sources)
        columns = {column.raw: column for column in self.preparation.columns}
        found = []
        for name, count in sorted(self.missing.items(), key=lambda each: -each[1]):
            column = columns[name]
            instead = "no category" if column.categories else f"median {column.usual}"
            told = f" and {name + ' missing'!r} = 1" if column.gaps else ""
            found.append(f"{name} {count:,} ({instead}{told})")
        total = sum(self.missing.values())
        return f"{total:,} of {cells:,} values: {_some(found, width=80)}"

    def _shares(self) -> Array:
        labels = np.concatenate([self.train.y, self.validation.y, self.test.y])
        return np.bincount(labels, minlength=len(self.classes)) / len(labels)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _row(name: str, text: str, width: int) -> str:
    return textwrap.fill(f"  {name:<10}{text}", width, subsequent_indent=" " * (12 if width > 40 else 4))


def _some(names: tuple[str, ...] | list[str], most: int = 12, width: int = 40) -> str:
    """The first names, each cut to a readable length, and how many more there are."""
    listed = ", ".join(name if len(name) <= width else name[: width - 1] + "…" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"


def _printable(text: str) -> str:
    """Names come from files: no control character of theirs may reach a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)
