"""One model on one fold: as it comes, tuned within the fold, timed, and what went wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.folds import Fold, fewer, held_out
from layerwise.comparison.contest.models import Fitted, Model, Settings
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure, reliability
from layerwise.random import generator
from layerwise.types import Array

_SMALL, _MOST_ROWS = 1000, 4000
"""Below so many rows of the training part, settings are tried on three splits; above so many, on no more of them."""
_AT_LEAST = 4
"""The share of the ceiling of its tuning that a fit of a model which learns step by step may take is 1 in so many."""


@dataclass
class Trial:
    """What a model did on a fold.

    untuned: the gain on the test rows, of the first seed. tuned: gains, one a seed. together: that of the mean of the
    seeds' tuned answers; averaged: whether it is what counts. settings: those that the tuning chose. tried:
    configurations. tuning_seconds, fit_seconds, untuned_seconds: of the tuning, of one final fit, and of one untuned.
    answer_seconds: for 1,000 rows. size: numbers that it holds. steps: updates, trees or rounds of a final fit. cut:
    whether a ceiling of seconds ended a final fit, or the tuning. reliability: of classes, see `scoring.reliability`.
    losses: of each test row, the mean over the seeds. failure: why there is no score.
    """

    model: str
    fold: int
    untuned: float = float("nan")
    tuned: tuple[float, ...] = ()
    together: float = float("nan")
    averaged: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    tried: int = 0
    tuning_seconds: float = 0.0
    fit_seconds: float = 0.0
    untuned_seconds: float = 0.0
    answer_seconds: float = 0.0
    size: int = 0
    steps: int = 0
    cut: bool = False
    reliability: Array | None = None
    losses: Array | None = None
    failure: str = ""

    @property
    def gain(self) -> float:
        """The mean over the seeds, tuned; or that of their mean answers."""
        return self.together if self.averaged else float(np.mean(self.tuned))


def tried(
    model: Model,
    problem: Problem,
    fold: Fold,
    measure: Measure,
    budget: Budget,
    *,
    seeds: int,
    seed: int,
    average: bool = False,
) -> Trial:
    """Train and test a model on a fold. Its test rows are used for nothing but the score.

    average: whether the mean of the seeds' answers is judged, instead of the mean of their scores.
    """
    trial = Trial(model.name, fold.number, averaged=average and model.random)
    training, test = problem.take(fold.train), problem.take(fold.test)
    numbers = [seed + 1000 * (fold.number + 1) + each for each in range(seeds if model.random else 1)]

    def answers_with(settings: Settings, numbers: list[int]) -> list[Array]:
        return [_answered(model, training, test, settings, each, budget, trial) for each in numbers]

    try:
        first = answers_with(model.default, numbers[:1])
        trial.untuned = measure.gain(test.y, first[0])
        trial.untuned_seconds = trial.fit_seconds
        settings = _chosen(model, training, measure, budget, trial, generator(seed, "compare.tuning", step=fold.number))
        trial.settings = dict(settings)
        known = first if settings == model.default else []
        answers = known + answers_with(settings, numbers[len(known) :])
        trial.tuned = tuple(measure.gain(test.y, each) for each in answers)
        trial.together = measure.gain(test.y, np.mean(answers, axis=0))
        trial.losses = np.mean([measure.loss(test.y, each) for each in answers], axis=0)
        if test.classes:
            trial.reliability = np.mean([reliability(test.y, each) for each in answers], axis=0)
    except (ValueError, ArithmeticError, MemoryError, TypeError) as error:
        trial.failure = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
    return trial


class TooSlowError(ValueError):
    """A fit took longer than one may."""


def _answered(
    model: Model, training: Problem, test: Problem, settings: Settings, seed: int, budget: Budget, trial: Trial
) -> Array:
    began = time.perf_counter()
    fitted = model.fit(training, settings, seed, Effort(budget.fit))
    trial.fit_seconds = time.perf_counter() - began
    if model.kind != "dummy" and not model.stops and trial.fit_seconds > budget.limit:
        raise TooSlowError(f"a fit took {trial.fit_seconds:.1f} s, the limit is {budget.limit:.1f} s")
    began = time.perf_counter()
    answers = answers_of(fitted, test)
    trial.answer_seconds = (time.perf_counter() - began) * 1000 / len(test)
    trial.size, trial.steps, trial.cut = fitted.size, fitted.steps, trial.cut or fitted.cut
    return answers


def answers_of(fitted: Fitted, test: Problem) -> Array:
    """Its answers, if they are numbers; raises ArithmeticError for others."""
    answers = fitted.answer(test)
    if not np.isfinite(answers).all():
        raise ArithmeticError("its answers are not finite")
    return answers


def _chosen(
    model: Model, training: Problem, measure: Measure, budget: Budget, trial: Trial, draw: np.random.Generator
) -> Settings:
    """The settings with the best mean gain on rows held out of the training part, within the budget of tuning."""
    if model.draw is None or budget.configurations == 1:
        return model.default
    began = time.perf_counter()
    ends = began + budget.tuning
    training = training.take(fewer(training, _MOST_ROWS, draw))
    splits = [
        held_out(training, 0.25, draw) for _ in range(3 if len(training) < _SMALL and training.time is None else 1)
    ]
    effort = Effort(budget.tuning / _AT_LEAST, tuning=True)
    best, best_gain = model.default, -np.inf
    while trial.tried < budget.configurations and time.perf_counter() < ends:
        settings = model.draw(draw) if trial.tried else model.default
        try:
            gain = float(
                np.mean([_inner(model, training, split, settings, measure, effort, trial) for split in splits])
            )
        except (ValueError, ArithmeticError):  # settings with which it fails are not chosen
            gain = -np.inf
        trial.tried += 1
        if gain > best_gain and (trial.tried == 1 or time.perf_counter() < ends):
            best, best_gain = settings, gain
    trial.cut = trial.cut or trial.tried < budget.configurations
    trial.tuning_seconds = time.perf_counter() - began
    return best


def _inner(
    model: Model,
    training: Problem,
    split: tuple[Array, Array],
    settings: Settings,
    measure: Measure,
    effort: Effort,
    trial: Trial,
) -> float:
    learn, choose = split
    held = training.take(choose)
    fitted = model.fit(training.take(learn), settings, 0, effort)
    trial.cut = trial.cut or fitted.cut
    return measure.gain(held.y, answers_of(fitted, held))
