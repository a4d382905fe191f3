"""Whether there is anything to learn: the losses of each model on the test rows beside those of the dummy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.comparison.contest.differences import Difference, difference
from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.models import DUMMY
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.trial import Trial
from layerwise.types import Array

_BLOCKS = 4
"""Into how many runs of consecutive rows a test part in time order is cut: neighbours in time are alike."""


def signals_of(
    problem: Problem, folds: Sequence[Fold], trials: Sequence[Trial], names: Sequence[str]
) -> tuple[Difference, ...]:
    """What each model loses less than the dummy, over test rows that do not depend on each other.

    Given what a model has learnt, its losses on test rows are independent; where nothing can be learnt, none of them is
    lower in the mean. A row that is tested in several dealings counts once, a group once, and of rows in time order a
    run of neighbours.
    """
    parts = _parts(problem, folds)
    losses = {name: _meant(trials, name, parts, len(folds)) for name in names}
    return tuple(
        difference(name, DUMMY, losses[DUMMY] - losses[name], 0.0, 0.0) for name in names if name != DUMMY
    )  # fmt: skip


def _parts(problem: Problem, folds: Sequence[Fold]) -> Array:
    """The number of what each test row belongs to, fold after fold."""
    if problem.groups is not None:
        return np.concatenate([problem.groups[fold.test] for fold in folds])
    if problem.time is None:
        return np.concatenate([fold.test for fold in folds])
    found = []
    for fold in folds:
        place = np.empty(len(fold.test), dtype=np.int64)
        place[np.argsort(problem.time[fold.test], kind="stable")] = np.arange(len(fold.test)) * _BLOCKS // len(place)
        found.append(fold.number * _BLOCKS + place)
    return np.concatenate(found)


def _meant(trials: Sequence[Trial], name: str, parts: Array, done: int) -> Array:
    """The mean loss of each part."""
    own = sorted((trial for trial in trials if trial.model == name and trial.fold < done), key=lambda each: each.fold)
    losses = np.concatenate([trial.losses for trial in own if trial.losses is not None])
    _, code = np.unique(parts, return_inverse=True)
    sums: Array = np.bincount(code, losses) / np.bincount(code)
    return sums
