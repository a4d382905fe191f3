"""Folds: which rows train and which test, so that nothing that belongs together stands on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from layerwise.comparison.contest.problem import Problem
from layerwise.errors import DataError
from layerwise.random import generator
from layerwise.types import Array, Generator

_SMALL = 1000


@dataclass(frozen=True, eq=False)
class Fold:
    """number: from 0. train, test: rows of the problem, ascending."""

    number: int
    train: Array
    test: Array


def folds_of(problem: Problem, folds: int, repeats: int | None = None, seed: int = 0) -> tuple[Fold, ...]:
    """Every fold of the comparison; the same for all models.

    Rows in time order give a rolling origin: each fold trains on what came before its test rows. Groups stay whole.
    Classes stand in equal shares. repeats: how often the rows are dealt anew; below 1,000 rows twice unless given,
    since one dealing of few rows says little. Rows in time order are dealt once, there is only one order.
    Source: Kohavi, A study of cross-validation and bootstrap for accuracy estimation and model selection, 1995.
    """
    if problem.time is not None:
        return tuple(_rolling(problem, folds))
    if repeats is None:
        repeats = 2 if len(problem) < _SMALL else 1
    found = []
    for repeat in range(repeats):
        place = _dealt(problem, folds, generator(seed, "compare.folds", step=repeat))
        for number in range(folds):
            test = np.flatnonzero(place == number)
            found.append(Fold(repeat * folds + number, np.flatnonzero(place != number), test))
    return tuple(found)


def held_out(problem: Problem, fraction: float, draw: Generator) -> tuple[Array, Array]:
    """Rows to learn from and rows to choose by, within a training part: as the folds, by time, by group or by class."""
    parts = max(2, round(1 / fraction))
    if problem.time is not None:
        order = np.argsort(problem.time, kind="stable")
        cut = _boundary(problem.time[order], len(order) - max(1, len(order) // parts))
        return np.sort(order[:cut]), np.sort(order[cut:])
    if problem.groups is not None and len(np.unique(problem.groups)) < parts:
        parts = len(np.unique(problem.groups))
        if parts < 2:
            raise DataError("the training part of a fold has one group only: more groups are needed")
    place = _dealt(problem, parts, draw)
    return np.flatnonzero(place != 0), np.flatnonzero(place == 0)


def fewer(problem: Problem, size: int, draw: Generator) -> Array:
    """Some of its rows, ascending: the latest ones in time, whole groups, or drawn; all where they are no more."""
    if size >= len(problem):
        return np.arange(len(problem))
    if problem.time is not None:
        return np.sort(np.argsort(problem.time, kind="stable")[-size:])
    if problem.groups is None:
        return np.sort(draw.permutation(len(problem))[:size])
    groups = draw.permutation(np.unique(problem.groups))
    place = np.empty(int(groups.max()) + 1, dtype=np.int64)
    place[groups] = np.arange(len(groups))
    order = np.argsort(place[problem.groups], kind="stable")
    last = place[problem.groups[order[size - 1]]]
    return np.flatnonzero(place[problem.groups] <= last)


def _dealt(problem: Problem, folds: int, draw: Generator) -> Array:
    """(N,) the fold of each row."""
    if problem.groups is not None:
        return _groups_dealt(problem.groups, folds, draw)
    order = draw.permutation(len(problem))
    if problem.classes:
        order = order[np.argsort(problem.y[order], kind="stable")]
    place = np.empty(len(problem), dtype=np.int64)
    place[order] = np.arange(len(problem)) % folds
    return place


def _groups_dealt(groups: Array, folds: int, draw: Generator) -> Array:
    """The largest groups first, each into the smallest fold; equal ones in an order that is drawn."""
    names, code, counts = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < folds:
        raise DataError(f"{folds} folds need at least {folds} groups, got {len(names)}: ask for fewer folds")
    shuffled = draw.permutation(len(names))
    sizes, fold_of = np.zeros(folds), np.empty(len(names), dtype=np.int64)
    for group in shuffled[np.argsort(-counts[shuffled], kind="stable")]:
        fold_of[group] = np.argmin(sizes)
        sizes[fold_of[group]] += counts[group]
    return fold_of[code]


def _rolling(problem: Problem, folds: int) -> Iterator[Fold]:
    assert problem.time is not None
    order = np.argsort(problem.time, kind="stable")
    sorted_time = problem.time[order]
    cuts = [_boundary(sorted_time, len(order) * number // (folds + 1)) for number in range(1, folds + 1)]
    cuts.append(len(order))
    groups = problem.groups
    for number, (begin, end) in enumerate(pairwise(cuts)):
        if begin in (0, end):
            raise DataError(f"time has too few different values for {folds} folds: ask for fewer")
        train, test = np.sort(order[:begin]), np.sort(order[begin:end])
        if groups is not None:  # what a group was before is known of it: train on other groups only
            train = train[~np.isin(groups[train], groups[test])]
            if not len(train):
                raise DataError("every group before a fold goes on in it: give --group or --time, not both")
        yield Fold(number, train, test)


def _boundary(sorted_time: Array, cut: int) -> int:
    """The cut moved to where a new time begins, so that rows of one moment stay on one side."""
    return int(np.searchsorted(sorted_time, sorted_time[cut], side="left")) if cut < len(sorted_time) else cut
