"""What is asked: features, the target, and which rows belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from layerwise.comparison.contest.features import Features, codes_of, features_of
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.types import Array

FEWEST = 20
_MOST_CLASSES = 10


@dataclass(frozen=True, eq=False)
class Problem:
    """features: N rows. y: (N,) labels from 0, or float64 quantities. classes: their names; () for quantities.

    groups: (N,) codes of what must not be torn apart, or None. time: (N,) numbers that order the rows, or None.
    """

    features: Features
    y: Array
    classes: tuple[str, ...] = ()
    groups: Array | None = None
    time: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return "classification" if self.classes else "regression"

    def take(self, rows: Array) -> Problem:
        """Some of the rows."""
        groups = None if self.groups is None else self.groups[rows]
        time = None if self.time is None else self.time[rows]
        return replace(self, features=self.features.take(rows), y=self.y[rows], groups=groups, time=time)


def problem_of(x: Any, y: Any = None, task: str | None = None, groups: Any = None, time: Any = None) -> Problem:
    """The question of `compare`: arrays, a table of named columns, or the name of a dataset.

    groups, time: values, one a row, or the name of a column of x, which then is no feature any more.

    >>> problem_of([[0.5], [1.5]] * 20, ["no", "yes"] * 20).classes
    ('no', 'yes')
    """
    if isinstance(x, Problem):
        return x
    if isinstance(x, str):
        if y is not None:
            raise SettingError(f"the dataset {x!r} brings its own target: leave out y")
        return named(x)
    if y is None:
        raise SettingError("y is missing: give the target, one value a row, or the name of its column in x")
    features = features_of(x)
    y, features = _taken_out(features, y, "y")
    by_group, features = _taken_out(features, groups, "groups")
    by_time, features = _taken_out(features, time, "time")
    if not features.names:
        raise DataError("nothing is left to learn from: x has no column besides target, groups and time")
    labels, classes = _target(y, task)
    problem = Problem(
        features,
        labels,
        classes,
        None if by_group is None else codes_of(by_group)[0],
        None if by_time is None else _ordered(by_time),
    )
    return checked(problem)


def named(name: str) -> Problem:
    """A dataset of `lw.data.load`, all its parts together, unscaled: each fold learns its own scaling."""
    from layerwise import data

    loaded = data.load(name, scale=False)
    parts = (loaded.train, loaded.validation, loaded.test)
    x = np.concatenate([part.x.reshape(len(part.x), -1) for part in parts]).astype(np.float64)
    y = np.concatenate([part.y.ravel() for part in parts])
    names = loaded.features if len(loaded.features) == x.shape[1] else tuple(f"x{place}" for place in range(x.shape[1]))
    features = Features(tuple(names), tuple(x.T.copy()), (None,) * x.shape[1])
    if not loaded.classes:
        return Problem(features, y.astype(np.float64))
    return Problem(features, y.astype(np.int64), loaded.classes)


def _taken_out(features: Features, values: Any, what: str) -> tuple[Any, Features]:
    """The values of a column that was named, and the other columns; or the values that were given, and all columns."""
    if not isinstance(values, str):
        return values, features
    place = features.place(values, what)
    column, texts = features.columns[place], features.categories[place]
    if texts is None:
        return column, features.without((values,))
    return [texts[code] if code >= 0 else None for code in column], features.without((values,))


def _target(y: Any, task: str | None) -> tuple[Array, tuple[str, ...]]:
    if task not in (None, "classification", "regression"):
        raise SettingError(f'task must be "classification" or "regression", got {task!r}')
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ShapeError(f"y must be one value a row (N,), got shape {values.shape}")
    numbers = values.dtype.kind in "iuf"
    if task == "regression" and not numbers:
        raise DataError(f"a quantity must be a number, got {values[0]!r}: for classes give task='classification'")
    if numbers and np.isnan(values.astype(np.float64)).any():
        raise DataError("y has gaps: leave out the rows whose target is not known")
    if task is None:
        whole = numbers and bool(np.all(values == np.round(values)))
        task = "classification" if not numbers or (whole and len(np.unique(values)) <= _MOST_CLASSES) else "regression"
    if task == "regression":
        return values.astype(np.float64), ()
    if numbers:
        kinds, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int64), tuple(f"{kind:g}" for kind in kinds.tolist())
    codes, names = codes_of(values)
    if (codes < 0).any():
        raise DataError("y has gaps: leave out the rows whose target is not known")
    return codes.astype(np.int64), names


def _ordered(time: Any) -> Array:
    """Numbers that order the rows as time does: those given, or the places of sorted texts and dates."""
    values = np.asarray(time)
    if values.dtype.kind in "iuf":
        return values.astype(np.float64)
    return np.unique(values.astype(str), return_inverse=True)[1].astype(np.float64)


def checked(problem: Problem) -> Problem:
    """The problem, if it can be compared on: as many of everything as rows, and something to predict."""
    n = len(problem.features)
    for name, values in (("y", problem.y), ("groups", problem.groups), ("time", problem.time)):
        if values is not None and len(values) != n:
            raise ShapeError(f"x has {n} rows, {name} has {len(values)}: one value a row is needed")
    if n < FEWEST:
        raise DataError(f"a comparison needs at least {FEWEST} rows, got {n}")
    if problem.classes and len(problem.classes) < 2:
        raise DataError(f"y has one class only, {problem.classes[0]!r}: there is nothing to tell apart")
    if not problem.classes and float(np.std(problem.y)) == 0:
        raise DataError(f"y is {problem.y[0]:g} everywhere: there is nothing to predict")
    if problem.groups is not None and (problem.groups < 0).any():
        raise DataError("groups has gaps: every row needs the group that it belongs to")
    if problem.time is not None and np.isnan(problem.time).any():
        raise DataError("time has gaps: every row needs its time")
    return problem
