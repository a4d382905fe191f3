"""Alarms: what makes scores look better than they are, found before anybody believes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.problem import Problem
from layerwise.random import generator
from layerwise.types import Array
from layerwise.wording import percent

_SHARE, _TIMES = 0.02, 3.0
"""Of the test rows that must stand in the training part too, and how many times more often than by chance."""
_DATE_WORDS = re.compile(r"(^|[^a-z])(date|time|timestamp|datetime|created|updated)([^a-z]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Alarm:
    """code: "duplicates", "index", "date", "disguise", "one column" or "control". columns: those it is about.

    sentence: what was seen and what to do.
    """

    code: str
    columns: tuple[str, ...]
    sentence: str


def alarms_of(problem: Problem, folds: Sequence[Fold], seed: int = 0) -> tuple[Alarm, ...]:
    """What can be seen before any model is trained: rows on both sides, and columns that count or date the rows."""
    return (*_duplicates(problem, folds, seed), *_counting(problem), *_dates(problem))


def _duplicates(problem: Problem, folds: Sequence[Fold], seed: int) -> list[Alarm]:
    """Test rows that stand in the training part as well, target included, beside the same of columns that are shuffled.

    Rows of few different values are equal by chance; those of independent columns with the same values say how often.
    """
    draw = generator(seed, "compare.duplicates")
    columns = [*problem.features.columns, problem.y]
    shares = _shared(columns, folds)
    chance = _shared([column[draw.permutation(len(column))] for column in columns], folds)
    if shares <= _SHARE or shares <= _TIMES * chance:
        return []
    return [
        Alarm(
            "duplicates",
            (),
            f"{percent(shares)} of the test rows stand in the training part too, target and all ({percent(chance)} "
            "would by chance): a model may know them by heart. Take the copies out, or give --group.",
        )
    ]


def _shared(columns: Sequence[Array], folds: Sequence[Fold]) -> float:
    hashes = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True, equal_nan=True)
        hashes = (hashes ^ codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    return float(np.mean([np.isin(hashes[fold.test], hashes[fold.train]).mean() for fold in folds]))


def _counting(problem: Problem) -> list[Alarm]:
    """Columns of whole numbers that are all different and either without a hole, or ascend from row to row."""
    found = []
    for name, column, categories in problem.features:
        if categories is not None or np.isnan(column).any() or not np.array_equal(column, np.round(column)):
            continue
        steps = np.diff(np.sort(column))
        if (steps >= 1).all() and ((steps == 1).all() or (np.diff(column) > 0).all()):
            found.append(name)
    if not found:
        return []
    return [
        Alarm(
            "index",
            tuple(found),
            f"{_named(found)} like an index of the rows: another number in every row. It tells where a row stood in "
            "the table, which new rows will not share. Leave it out (--drop), or give it as --time.",
        )
    ]


def _dates(problem: Problem) -> list[Alarm]:
    if problem.time is not None:
        return []
    found = [
        name for name, column, categories in problem.features
        if categories is None and (_is_dates(column) or (_DATE_WORDS.search(name) and len(np.unique(column)) > 12))
    ]  # fmt: skip
    if not found:
        return []
    return [
        Alarm(
            "date",
            tuple(found),
            f"{_named(found)} like a date. If the model is to answer for days to come, test it on later days than it "
            "learnt from: give --time.",
        )
    ]


def _is_dates(column: Array) -> bool:
    """Days written as 20240131, or seconds since 1970 within 1990 to 2060."""
    values = column[~np.isnan(column)]
    if not len(values) or not np.array_equal(values, np.round(values)) or len(np.unique(values)) < 13:
        return False
    month, day = values // 100 % 100, values % 100
    written = (values >= 19000101) & (values <= 21001231) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool(written.all() or ((values > 6.3e8) & (values < 2.84e9)).all())


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return f"The column {shown} looks" if len(names) == 1 else f"The columns {shown} look"
