"""What breaks outside the range: models trained on the lower values of a column, and asked about the highest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.features import Features
from layerwise.comparison.contest.folds import fewer, held_out
from layerwise.comparison.contest.importance import Importance
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import answers_of
from layerwise.comparison.contest.words import listed
from layerwise.errors import DataError
from layerwise.random import generator
from layerwise.types import Array, Generator

_OUTSIDE, _LEAST_VALUES, _LEAST_ROWS, _ROWS = 0.2, 10, 10, 4000
_SHARE = 0.96
_POINTS = 61
_TREES = ("tree", "forest", "boosting")


@dataclass(frozen=True)
class Beyond:
    """Models, untuned, trained on rows where a column is at most `edge`, tested on others there and on those above.

    inside, outside: gains by model. spread: by model, how far its answers go beyond the edge when this column alone
    goes on and the others stand at their medians, as a share of how far they go within the range; 0 is constant, as
    trees are. at, answers: the values of the column that were asked about, and what each model answered: quantities, or
    the probability of the class named by `class_name`.
    """

    column: str
    edge: float
    inside: Mapping[str, float]
    outside: Mapping[str, float]
    spread: Mapping[str, float]
    at: tuple[float, ...]
    answers: Mapping[str, tuple[float, ...]]
    class_name: str = ""


def outside_the_range(
    problem: Problem,
    importances: Sequence[Importance],
    names: Sequence[str],
    measure: Measure,
    budget: Budget,
    seed: int,
) -> Beyond | None:
    """Cut at four fifths of the most important column of numbers; None where no column has values and rows enough."""
    place = _place(problem, importances)
    draw = generator(seed, "compare.outside the range")
    cut = None if place is None else _cut(problem, problem.features.columns[place], draw)
    if place is None or cut is None:
        return None
    sweep, at = _sweep(cut.training, place, float(np.nanmax(problem.features.columns[place])))
    label = int(np.bincount(cut.training.y).argmax()) if problem.classes else 0
    inside: dict[str, float] = {}
    outside: dict[str, float] = {}
    answers: dict[str, Array] = {}
    for name in names:
        if not budget.allows(budget.fit, _SHARE):
            return None
        try:
            fitted = MODELS[name].fit(cut.training, MODELS[name].default, seed, Effort(budget.fit, tuning=True))
            gains = [measure.gain(part.y, answers_of(fitted, part)) for part in (cut.inside, cut.outside)]
            asked = answers_of(fitted, sweep)
        except (ValueError, ArithmeticError):
            continue
        inside[name], outside[name] = gains
        answers[name] = asked[:, label] if problem.classes else asked
    answers.pop(DUMMY, None)
    return Beyond(
        problem.features.names[place],
        cut.edge,
        inside,
        outside,
        {name: _spread(each, at <= cut.edge) for name, each in answers.items()},
        tuple(at.tolist()),
        {name: tuple(each.tolist()) for name, each in answers.items()},
        problem.classes[label] if problem.classes else "",
    )


@dataclass(frozen=True, eq=False)
class _Cut:
    """training, inside: of rows up to the edge. outside: of the others, without those whose groups were learnt from."""

    edge: float
    training: Problem
    inside: Problem
    outside: Problem


def _cut(problem: Problem, column: Array, draw: Generator) -> _Cut | None:
    """None where a part is too small, or the training part has one class only."""
    rows = np.flatnonzero(~np.isnan(column))
    edge = float(np.quantile(column[rows], 1 - _OUTSIDE))
    within, outside = (problem.take(rows[side]) for side in (column[rows] <= edge, column[rows] > edge))
    if len(within) < 4 * _LEAST_ROWS:
        return None
    try:
        learn, near = held_out(within, _OUTSIDE, draw)
    except DataError:  # one group only
        return None
    training = within.take(learn)
    training = training.take(fewer(training, _ROWS, draw))
    if outside.groups is not None and training.groups is not None:
        outside = outside.take(np.flatnonzero(~np.isin(outside.groups, training.groups)))
    small = min(len(near), len(outside)) < _LEAST_ROWS or not len(training)
    if small or (problem.classes and len(np.unique(training.y)) < 2):
        return None
    return _Cut(edge, training, within.take(near), outside)


def _place(problem: Problem, importances: Sequence[Importance]) -> int | None:
    """Of the most important column of numbers that has values enough."""
    for each in importances:
        place = problem.features.names.index(each.column)
        column = problem.features.columns[place]
        if problem.features.categories[place] is None and len(np.unique(column[~np.isnan(column)])) >= _LEAST_VALUES:
            return place
    return None


def _sweep(training: Problem, place: int, end: float) -> tuple[Problem, Array]:
    """Rows that are alike in all but this column, which goes from its least value to beyond the end of all."""
    column = training.features.columns[place]
    low, edge = float(np.nanmin(column)), float(np.nanmax(column))
    at = np.linspace(low, max(end, edge + (edge - low) / 2), _POINTS)
    columns = []
    for number, (_, values, categories) in enumerate(training.features):
        if number == place:
            columns.append(at)
        elif categories is None:
            middle = np.nanmedian(values) if not np.isnan(values).all() else np.nan
            columns.append(np.full(_POINTS, middle))
        else:
            known = values[values >= 0]
            columns.append(np.full(_POINTS, np.bincount(known).argmax() if len(known) else -1, dtype=values.dtype))
    features = Features(training.features.names, tuple(columns), training.features.categories)
    rows = np.zeros(_POINTS, dtype=np.int64)
    return replace(training.take(rows), features=features), at


def _spread(answers: Array, inside: Array) -> float:
    within = float(np.ptp(answers[inside]))
    return float(np.ptp(answers[~inside])) / within if within > 0 else 0.0


def best_of_trees(beyond: Beyond) -> str:
    """The model of trees that is best within the range; "" where none took part."""
    return max((name for name in _TREES if name in beyond.inside), key=lambda name: beyond.inside[name], default="")


def told(beyond: Beyond | None, measure: Measure) -> str:
    """How each model does beyond the edge, beside within, in one sentence; and which of them answer as at the edge."""
    if beyond is None:
        return ""
    moved = [
        f"{name} from {measure.words(beyond.inside[name])} to {measure.words(beyond.outside[name])}"
        for name in ("linear", best_of_trees(beyond), NETWORK) if name in beyond.inside
    ]  # fmt: skip
    flat = [name for name in beyond.answers if beyond.spread[name] < 0.01]
    constant = f" Beyond it {listed(flat)} answer{'s' * (len(flat) == 1)} as at the edge." if flat else ""
    return (
        f"Outside the range: trained where {beyond.column!r} is at most {beyond.edge:.4g} and asked above, "
        f"{measure.name} goes, for {', '.join(moved)}.{constant}"
    )
