"""Growing sample sizes: whether more rows bring the network forward, on these data and no further than they reach."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.folds import Fold, fewer
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import Trial
from layerwise.random import generator

SIZES = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
FOLDS = 2
MANY = 10_000
"""Samples from which a rule of thumb gives networks a chance."""
AHEAD = "ahead of the others"
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
    names = rivals(trials)
    if NETWORK not in names or len(names) < 2:
        return []
    whole = min(len(fold.train) for fold in used)
    steps: list[Step] = []
    for size in (size for size in SIZES if size <= 0.7 * whole):
        gains: dict[str, list[float]] = {name: [] for name in names}
        for fold in used:
            part = problem.take(fold.train)
            training = part.take(fewer(part, size, generator(seed + fold.number, "compare.fewer rows")))
            for name in names:
                if not budget.allows(budget.fit, _SHARE):
                    return steps
                gains[name].append(_gain(name, training, problem.take(fold.test), measure, budget, seed))
        steps.append(Step(size, {name: float(np.mean(each)) for name, each in gains.items()}))
    done = {name: [t.untuned for t in trials if t.model == name and t.fold < FOLDS] for name in names}
    return [*steps, Step(whole, {name: float(np.mean(each)) for name, each in done.items()})] if steps else []


def rivals(trials: Sequence[Trial]) -> list[str]:
    """The linear model, the best other traditional one by the first folds, and the network; none that failed."""
    failed = {trial.model for trial in trials if trial.failure} | {DUMMY}
    means = {
        name: float(np.mean([trial.untuned for trial in trials if trial.model == name and trial.fold < FOLDS]))
        for name in {trial.model for trial in trials} - failed
    }
    traditional = [name for name in means if MODELS[name].kind == "traditional"]
    chosen = {"linear", NETWORK} & set(means)
    if traditional:
        chosen.add(max(traditional, key=lambda name: means[name]))
    return sorted(chosen, key=lambda name: MODELS[name].rank)


def _gain(name: str, training: Problem, test: Problem, measure: Measure, budget: Budget, seed: int) -> float:
    """NaN where a model can not learn from so few rows."""
    began = time.perf_counter()
    try:
        fitted = MODELS[name].fit(training, MODELS[name].default, seed, Effort(budget.fit))
        return measure.gain(test.y, fitted.answer(test)) if time.perf_counter() - began < budget.limit else np.nan
    except (ValueError, ArithmeticError):
        return np.nan


def told(steps: Sequence[Step], region: float) -> str:
    """What the steps say of the network: behind, equal or ahead, at which sizes; and of the rule of 10,000 samples."""
    words = [(step.rows, _word(step, region)) for step in steps]
    words = [(rows, word) for rows, word in words if word]
    if not words:
        return ""
    parts: list[tuple[str, list[str]]] = []
    for rows, word in words:
        if not parts or parts[-1][0] != word:
            parts.append((word, []))
        parts[-1][1].append(f"{rows:,}")
    stages = ", ".join(f"{word} with {_span(sizes)} rows" for word, sizes in parts)
    return f"With fewer rows (untuned, {FOLDS} folds), the network is {stages}. {_rule_of_thumb(words)}"


def _word(step: Step, region: float) -> str:
    ahead = step.gains[NETWORK] - max(gain for name, gain in step.gains.items() if name != NETWORK)
    if not np.isfinite(ahead):
        return ""
    return AHEAD if ahead > region else "behind" if ahead < -region else "practically equal"


def _rule_of_thumb(words: Sequence[tuple[int, str]]) -> str:
    """Whether these rows bear out that a network needs more than 10,000 samples, and nothing beyond what they reach."""
    most = words[-1][0]
    first = None  # the size from which it stays ahead
    for rows, word in reversed(words):
        if word != AHEAD:
            break
        first = rows
    rule = f"The rule that networks need more than {MANY:,} samples"
    if first is not None and first <= MANY:
        return f"{rule} does not hold here: {first:,} were enough."
    if most <= MANY:
        return f"{rule} is not tested here: {most:,} rows are the most that there are to train on."
    if first is not None:
        return f"{rule} holds here: ahead only with {first:,}."
    return f"{rule} is not enough here: with {most:,} it is not ahead."


def _span(sizes: Sequence[str]) -> str:
    return sizes[0] if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
