"""What each column is worth to a model: the score that is lost when it is shuffled, and the coefficients of a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.features import Features
from layerwise.comparison.contest.folds import Fold, fewer
from layerwise.comparison.contest.growth import rivals
from layerwise.comparison.contest.models import MODELS, NETWORK, Fitted
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import Trial, answers_of
from layerwise.random import generator
from layerwise.types import Array

_ROWS, _COLUMNS, _SHUFFLES = 4000, 100, 3
_SHARE = 0.95


@dataclass(frozen=True)
class Importance:
    """A column.

    lost: by model, the gain that is lost on the test rows when the values of this column are shuffled among them.
    coefficient: of the linear model, for one standard deviation; of a column of categories, or where there are more
    than two classes, the size of all of them together (the root of their squares); None without a linear model.
    """

    column: str
    lost: Mapping[str, float]
    coefficient: float | None = None


def importances_of(
    problem: Problem, fold: Fold, trials: Sequence[Trial], measure: Measure, budget: Budget, seed: int
) -> list[Importance]:
    """For the linear model, the best other traditional one and the network, untuned, on the first fold.

    At most 4,000 rows to train, 4,000 to test and 100 columns. The most important to the best of the models come first.
    Source: Breiman, Random forests, 2001; Fisher, Rudin and Dominici, All models are wrong, but many are useful, 2019.
    """
    draw = generator(seed, "compare.importance")
    training, test = (part.take(fewer(part, _ROWS, draw)) for part in map(problem.take, (fold.train, fold.test)))
    names = rivals(trials)
    columns = problem.features.names[:_COLUMNS]
    found: dict[str, Array] = {}
    gains: dict[str, float] = {}
    coefficients: list[float] | None = None
    for name in names:
        if not budget.allows(budget.fit, _SHARE):
            break
        try:
            fitted = MODELS[name].fit(training, MODELS[name].default, seed, Effort(budget.fit))
            gains[name] = measure.gain(test.y, answers_of(fitted, test))
        except (ValueError, ArithmeticError):
            continue
        lost = [gains[name] - _shuffled(fitted, test, place, measure, draw) for place in range(len(columns))]
        found[name] = np.array(lost)
        if name == "linear":
            coefficients = _coefficients(fitted)
    if not found:
        return []
    top = max(gains, key=lambda name: gains[name])
    return [
        Importance(
            columns[place],
            {name: float(each[place]) for name, each in found.items()},
            None if coefficients is None else coefficients[place],
        )
        for place in np.argsort(-found[top], kind="stable")
    ]


def _shuffled(fitted: Fitted, test: Problem, place: int, measure: Measure, draw: np.random.Generator) -> float:
    """The mean gain with one column shuffled, three times."""
    gains = []
    for _ in range(_SHUFFLES):
        columns = list(test.features.columns)
        columns[place] = columns[place][draw.permutation(len(test))]
        features = Features(test.features.names, tuple(columns), test.features.categories)
        gains.append(measure.gain(test.y, answers_of(fitted, replace(test, features=features))))
    return float(np.mean(gains))


def _coefficients(fitted: Fitted) -> list[float]:
    """One a column of the table, as `Importance` says; the inputs of a linear model are standardised."""
    model, widths = fitted.model, fitted.encoder.widths  # type: ignore[attr-defined]
    rows = np.atleast_2d(model.coef_)
    parts = np.split(rows, np.cumsum(widths)[:-1], axis=1)
    return [float(part[0, 0]) if part.size == 1 else float(np.sqrt((part**2).sum())) for part in parts]


def told(importances: Sequence[Importance]) -> str:
    """The three columns that the best model and the network lose most without."""
    if not importances:
        return ""
    parts = []
    for name in sorted(importances[0].lost, key=lambda each: MODELS[each].rank):
        order = sorted(importances, key=lambda each: -each.lost[name])
        used = [repr(each.column) for each in order[:3] if each.lost[name] > 0]
        title = "the network" if name == NETWORK else MODELS[name].title
        parts.append(f"{title} {', '.join(used) or 'none'}")
    return f"Importance: when shuffled, the columns that cost most are, for {'; for '.join(parts)}."
