"""Growing sample sizes: whether more rows bring the network forward, on these data and no further than they reach."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.comparison.contest.budget import Budget
from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import Trial
from layerwise.random import generator
from layerwise.types import Array

SIZES = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
FOLDS = 2
_SHARE = 0.92


@dataclass(frozen=True)
class Step:
    """Models untuned, trained on so many rows. gains: by name, the mean over the first two folds."""

    rows: int
    gains: Mapping[str, float]


def grown(
    problem: Problem, folds: Sequence[Fold], trials: Sequence[Trial], measure: Measure, budget: Budget, seed: int
) -> list[Step]:
    """Train the network, the linear model and the best traditional one on ever more rows, as far as the budget allows.

    The last step is that of all rows of a training part, which the trials have done already.
    """
    used = folds[:FOLDS]
    names = _names(trials)
    if NETWORK not in names or len(names) < 2:
        return []
    whole = min(len(fold.train) for fold in used)
    steps: list[Step] = []
    for size in (size for size in SIZES if size <= 0.7 * whole):
        gains: dict[str, list[float]] = {name: [] for name in names}
        for fold in used:
            training = problem.take(fold.train[_fewer(problem.take(fold.train), size, seed + fold.number)])
            for name in names:
                if not budget.allows(budget.fit, _SHARE):
                    return steps
                gains[name].append(_gain(name, training, problem.take(fold.test), measure, budget, seed))
        steps.append(Step(size, {name: float(np.mean(each)) for name, each in gains.items()}))
    done = {name: [t.untuned for t in trials if t.model == name and t.fold < FOLDS] for name in names}
    return [*steps, Step(whole, {name: float(np.mean(each)) for name, each in done.items()})] if steps else []


def _names(trials: Sequence[Trial]) -> list[str]:
    """The linear model, the best other traditional one by the first folds, and the network; none that failed."""
    failed = {trial.model for trial in trials if trial.failure} | {DUMMY}
    means = {
        name: float(np.mean([np.mean(trial.untuned) for trial in trials if trial.model == name and trial.fold < FOLDS]))
        for name in {trial.model for trial in trials} - failed
    }
    traditional = [name for name in means if MODELS[name].kind == "traditional"]
    chosen = {"linear", NETWORK} & set(means)
    if traditional:
        chosen.add(max(traditional, key=lambda name: means[name]))
    return sorted(chosen, key=lambda name: MODELS[name].rank)


def _fewer(training: Problem, size: int, seed: int) -> Array:
    """Some rows of a training part: the latest ones in time, whole groups, or drawn."""
    if training.time is not None:
        return np.sort(np.argsort(training.time, kind="stable")[-size:])
    draw = generator(seed, "compare.fewer rows")
    if training.groups is None:
        return np.sort(draw.permutation(len(training))[:size])
    groups = draw.permutation(np.unique(training.groups))
    place = np.empty(int(groups.max()) + 1, dtype=np.int64)
    place[groups] = np.arange(len(groups))
    order = np.argsort(place[training.groups], kind="stable")
    last = place[training.groups[order[size - 1]]]
    return np.flatnonzero(place[training.groups] <= last)


def _gain(name: str, training: Problem, test: Problem, measure: Measure, budget: Budget, seed: int) -> float:
    """NaN where a model can not learn from so few rows."""
    began = time.perf_counter()
    try:
        fitted = MODELS[name].fit(training, MODELS[name].default, seed, budget.fit)
        return measure.gain(test.y, fitted.answer(test)) if time.perf_counter() - began < budget.limit else np.nan
    except (ValueError, ArithmeticError):
        return np.nan


def told(steps: Sequence[Step], region: float) -> str:
    """What the steps say of the network, in one sentence: behind, equal or ahead, at which sizes."""
    if not steps:
        return ""
    parts: list[tuple[str, list[str]]] = []
    for step in steps:
        rest = [gain for name, gain in step.gains.items() if name != NETWORK]
        ahead = step.gains[NETWORK] - max(rest)
        if not np.isfinite(ahead):
            continue
        word = "ahead of the others" if ahead > region else "behind" if ahead < -region else "practically equal"
        if not parts or parts[-1][0] != word:
            parts.append((word, []))
        parts[-1][1].append(f"{step.rows:,}")
    stages = [f"{word} with {_span(sizes)} rows" for word, sizes in parts]
    return f"With fewer rows (untuned, {FOLDS} folds), the network is {', '.join(stages)}." if stages else ""


def _span(sizes: Sequence[str]) -> str:
    return sizes[0] if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
