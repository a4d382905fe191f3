"""Why the network is ahead of trees or behind: three changes of the data, and what they do to the gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.encoding import Encoder
from layerwise.comparison.contest.features import Features
from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.models import MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import Trial
from layerwise.random import generator
from layerwise.types import Array

_TREES = ("tree", "forest", "boosting")
_FOLDS, _ROWS, _NEIGHBOURS = 2, 2000, 5
_SHARE = 0.96

Pair = tuple[Problem, Problem]
"""The training part and the test part of a fold."""


@dataclass(frozen=True)
class Reason:
    """change: what was done to the data. rival: the best model of trees. before, after: the gain of the network minus
    its, untuned, the mean over two folds of at most 2,000 rows."""

    change: str
    rival: str
    before: float
    after: float


def reasons_of(
    problem: Problem, folds: Sequence[Fold], trials: Sequence[Trial], measure: Measure, budget: Budget, seed: int
) -> list[Reason]:
    """Drop the least useful half of the columns; smooth the target; rotate the columns of numbers.

    Everything that a change needs is learnt from the training part of the fold.
    Source: Grinsztajn, Oyallon and Varoquaux, Why do tree-based models still outperform deep learning on typical
    tabular data?, 2022.
    """
    rival = _best_of_trees(trials)
    if not rival or any(trial.failure for trial in trials if trial.model == NETWORK):
        return []
    pairs = [_pair(problem, fold) for fold in folds[:_FOLDS]]
    changes = {"as it is": lambda pair, number: pair, **_changes(problem.features)}
    gaps: dict[str, float] = {}
    for name, change in changes.items():
        if not budget.allows(2 * _FOLDS * budget.fit, _SHARE):
            break
        each = [_gap(change(pair, seed + number), rival, measure, budget, seed) for number, pair in enumerate(pairs)]
        gaps[name] = float(np.mean(each))
    before = gaps.pop("as it is", 0.0)
    return [Reason(name, rival, before, after) for name, after in gaps.items()]


def _best_of_trees(trials: Sequence[Trial]) -> str:
    failed = {trial.model for trial in trials if trial.failure}
    names = {trial.model for trial in trials} - failed
    if NETWORK not in names:
        return ""
    means = {
        name: np.mean([trial.untuned for trial in trials if trial.model == name])
        for name in _TREES if name in names
    }  # fmt: skip
    return max(means, key=lambda name: means[name], default="")


def _pair(problem: Problem, fold: Fold) -> Pair:
    """The training part thinned to what is affordable, by equal steps, which keeps the order of time."""
    step = -(-len(fold.train) // _ROWS)
    return problem.take(fold.train[::step]), problem.take(fold.test)


def _gap(pair: Pair, rival: str, measure: Measure, budget: Budget, seed: int) -> float:
    training, test = pair
    effort = Effort(budget.fit, tuning=True)
    gains = [
        measure.gain(test.y, MODELS[name].fit(training, MODELS[name].default, seed, effort).answer(test))
        for name in (NETWORK, rival)
    ]
    return gains[0] - gains[1]


def _changes(features: Features) -> dict[str, Callable[[Pair, int], Pair]]:
    """The changes that these columns allow."""
    found: dict[str, Callable[[Pair, int], Pair]] = {}
    if len(features.names) >= 4:
        found["dropping the least useful half of the columns"] = useful_half
    found["smoothing the target"] = smoothed
    if sum(categories is None for categories in features.categories) >= 2:
        found["rotating the columns"] = rotated
    return found


def useful_half(pair: Pair, seed: int) -> Pair:
    """The half of the columns that a forest, fitted to the training part, splits by most usefully."""
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    training = pair[0]
    kind = ExtraTreesClassifier if training.classes else ExtraTreesRegressor
    encoder = Encoder("none").learn(training.features)
    forest = kind(50, min_samples_leaf=5, random_state=seed).fit(encoder.encode(training.features), training.y)
    owner = np.repeat(np.arange(len(encoder.parts)), encoder.widths)
    useful = np.bincount(owner, forest.feature_importances_)
    kept = np.sort(np.argsort(-useful, kind="stable")[: (len(useful) + 1) // 2])
    return tuple(replace(part, features=part.features.keep(kept)) for part in pair)  # type: ignore[return-value]


def smoothed(pair: Pair, seed: int) -> Pair:
    """The training target as the mean, or the commonest class, of the five nearest rows; the test stays as it is."""
    from sklearn.neighbors import NearestNeighbors

    training, test = pair
    x = Encoder("standard").learn(training.features).encode(training.features)
    near = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(x))).fit(x).kneighbors(x, return_distance=False)
    targets: Array = training.y[near]
    if training.classes:
        votes = (targets[:, :, None] == np.arange(len(training.classes))).sum(axis=1)
        return replace(training, y=votes.argmax(axis=1)), test
    return replace(training, y=targets.mean(axis=1)), test


def rotated(pair: Pair, seed: int) -> Pair:
    """The columns of numbers, standardised by the training part, turned together by a random rotation."""
    training, test = pair
    numbers = [place for place, categories in enumerate(training.features.categories) if categories is None]
    others = [place for place in range(len(training.features.names)) if place not in numbers]
    encoder = Encoder("standard").learn(training.features.keep(numbers))
    width = sum(encoder.widths)
    turn, _ = np.linalg.qr(generator(seed, "compare.rotation").normal(size=(width, width)))

    def turned(part: Problem) -> Problem:
        x = encoder.encode(part.features.keep(numbers)) @ turn
        kept = part.features.keep(others) if others else Features((), (), ())
        names = tuple(f"turned {place}" for place in range(width))
        features = Features((*names, *kept.names), (*x.T.copy(), *kept.columns), (*[None] * width, *kept.categories))
        return replace(part, features=features)

    return turned(training), turned(test)


def told(reasons: Sequence[Reason], region: float, words: Callable[[float], str]) -> str:
    """Which of the changes move the network's advantage by more than the region of equivalence, in one sentence."""
    if not reasons:
        return ""
    first = reasons[0]
    parts = []
    for reason in reasons:
        moved = reason.after - reason.before
        verb = "brings it forward" if moved > region else "sets it back" if moved < -region else "changes little"
        parts.append(f"{reason.change} {verb} ({words(reason.after)})")
    return f"Why: beside {MODELS[first.rival].title} the network stands at {words(first.before)}; {', '.join(parts)}."
