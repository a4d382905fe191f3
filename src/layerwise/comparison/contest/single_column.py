"""One column alone: whether it is as good as the best model, or is the target in disguise."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from layerwise.comparison.contest.alarms import Alarm
from layerwise.comparison.contest.encoding import Encoder
from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.types import Array

_DISGUISE, _WORTH = 0.97, 0.3
"""The share of the way to perfect at which a column alone is the target in disguise, and that from which the best model
is good enough for the comparison to say something."""
_SAME_ORDER = 0.999
"""The rank correlation of a column that is a quantity in disguise."""
_MOST_ROWS, _MOST_COLUMNS = 3000, 200


def column_alarms(
    problem: Problem, fold: Fold, measure: Measure, best: float, dummy: float, region: float, seconds: float
) -> list[Alarm]:
    """Try each column alone by a tree, on one fold, for so many seconds.

    best, dummy: gains of the best model and of the dummy on that fold. region: differences that are no practical ones.
    """
    names = problem.features.names
    if len(names) < 2:
        return []
    began, alone = time.perf_counter(), {}
    train, test = problem.take(fold.train[:: max(1, len(fold.train) // _MOST_ROWS)]), problem.take(fold.test)
    for place, name in enumerate(names[:_MOST_COLUMNS]):
        if time.perf_counter() - began > seconds:
            break
        alone[name] = _alone(train, test, place, measure)
    way = measure.perfect - dummy
    disguised = [
        name
        for name, gain in alone.items()
        if way > 0 and (gain - dummy >= _DISGUISE * way or _orders(train, names.index(name)))
    ]
    if disguised:
        return [_disguise(disguised)]
    same = [name for name, gain in alone.items() if gain >= best - region and gain - dummy > region]
    if not same or best - dummy < _WORTH * way:
        return []
    return [
        Alarm(
            "one column",
            tuple(same),
            f"{_some(same)} alone as good as the best model. Is it known before the target is? If not, leave it out.",
        )
    ]


def _disguise(names: Sequence[str]) -> Alarm:
    return Alarm(
        "disguise",
        tuple(names),
        f"{_some(names)} alone nearly enough to tell the target: this looks like the target in disguise. If it is not "
        "known before the target is, leave it out (--drop).",
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:6])
    return f"The column {shown} is" if len(names) == 1 else f"Each of the columns {shown} is"


def _orders(train: Problem, place: int) -> bool:
    """Whether a column of numbers orders the rows as a quantity does, whatever curve leads from one to the other."""
    from scipy.stats import spearmanr

    column = train.features.columns[place]
    if train.classes or train.features.categories[place] is not None or len(np.unique(column)) < 10:
        return False
    known = ~np.isnan(column)
    return bool(abs(spearmanr(column[known], train.y[known]).statistic) > _SAME_ORDER)


def _alone(train: Problem, test: Problem, place: int, measure: Measure) -> float:
    """The better gain of a small tree, which sees through noise, and a full one, which sees every value."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    encoder = Encoder("none").learn(train.features.keep([place]))
    x, new = (encoder.encode(part.features.keep([place])) for part in (train, test))
    gains = []
    for leaves in (32, None):
        model = (DecisionTreeClassifier if train.classes else DecisionTreeRegressor)(
            max_leaf_nodes=leaves, random_state=0
        )
        model.fit(x, train.y)
        answers: Array = model.predict(new)
        if train.classes:
            probabilities = np.zeros((len(new), len(train.classes)))
            probabilities[:, model.classes_] = model.predict_proba(new)
            answers = probabilities
        gains.append(measure.gain(test.y, answers))
    return max(gains)
