"""One model on one fold: as it comes, tuned within the fold, timed, and what went wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.comparison.contest.budget import Budget
from layerwise.comparison.contest.folds import Fold, held_out
from layerwise.comparison.contest.models import Fitted, Model, Settings
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure, calibration_error
from layerwise.random import generator
from layerwise.types import Array

_SMALL = 1000
_AT_LEAST = 4
"""Settings that a model which learns step by step sees in the time of its tuning, whatever the rows."""


@dataclass
class Trial:
    """What a model did on a fold.

    untuned, tuned: gains on the test rows, one a seed. settings: those that the tuning chose. tried: configurations.
    tuning_seconds, fit_seconds: of the tuning, and of one final fit. answer_seconds: for 1,000 rows. size: numbers
    that it holds. calibration: see `calibration_error`; NaN for quantities. failure: why there is no score.
    """

    model: str
    fold: int
    untuned: tuple[float, ...] = ()
    tuned: tuple[float, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    tried: int = 0
    tuning_seconds: float = 0.0
    fit_seconds: float = 0.0
    answer_seconds: float = 0.0
    size: int = 0
    calibration: float = float("nan")
    failure: str = ""

    @property
    def gain(self) -> float:
        """The mean over the seeds, tuned."""
        return float(np.mean(self.tuned))


def tried(
    model: Model, problem: Problem, fold: Fold, measure: Measure, budget: Budget, *, seeds: int, seed: int
) -> Trial:
    """Train and test a model on a fold. Its test rows are used for nothing but the score."""
    trial = Trial(model.name, fold.number)
    training, test = problem.take(fold.train), problem.take(fold.test)
    count = seeds if model.random else 1
    numbers = [seed + 1000 * (fold.number + 1) + each for each in range(count)]
    limit = budget.fit_of(2 * seeds) if model.random else budget.fit

    def gains(settings: Settings) -> tuple[float, ...]:
        return tuple(_scored(model, training, test, settings, each, measure, limit, budget, trial) for each in numbers)

    try:
        trial.untuned = gains(model.default)
        settings = _chosen(model, training, measure, budget, trial, generator(seed, "compare.tuning", step=fold.number))
        trial.settings = dict(settings)
        trial.tuned = trial.untuned if settings == model.default else gains(settings)
    except (ValueError, ArithmeticError, MemoryError, TypeError) as error:
        trial.failure = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
    return trial


class TooSlowError(ValueError):
    """A fit took longer than one may."""


def _scored(
    model: Model,
    training: Problem,
    test: Problem,
    settings: Settings,
    seed: int,
    measure: Measure,
    limit: float,
    budget: Budget,
    trial: Trial,
) -> float:
    began = time.perf_counter()
    fitted = model.fit(training, settings, seed, limit)
    trial.fit_seconds = time.perf_counter() - began
    if model.kind != "dummy" and trial.fit_seconds > budget.limit:
        raise TooSlowError(f"a fit took {trial.fit_seconds:.1f} s, the limit is {budget.limit:.1f} s")
    began = time.perf_counter()
    answers = _answers(fitted, test)
    trial.answer_seconds = (time.perf_counter() - began) * 1000 / len(test)
    trial.size = fitted.size
    if test.classes:
        trial.calibration = calibration_error(test.y, answers)
    return measure.gain(test.y, answers)


def _answers(fitted: Fitted, test: Problem) -> Array:
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
    splits = [
        held_out(training, 0.25, draw) for _ in range(3 if len(training) < _SMALL and training.time is None else 1)
    ]
    limit = budget.tuning / (_AT_LEAST * len(splits))
    best, best_gain = model.default, -np.inf
    while trial.tried < budget.configurations and time.perf_counter() < ends:
        settings = model.draw(draw) if trial.tried else model.default
        try:
            gain = float(np.mean([_inner(model, training, split, settings, measure, limit) for split in splits]))
        except (ValueError, ArithmeticError):  # settings with which it fails are not chosen
            gain = -np.inf
        trial.tried += 1
        if gain > best_gain and (trial.tried == 1 or time.perf_counter() < ends):
            best, best_gain = settings, gain
    trial.tuning_seconds = time.perf_counter() - began
    return best


def _inner(
    model: Model, training: Problem, split: tuple[Array, Array], settings: Settings, measure: Measure, limit: float
) -> float:
    learn, choose = split
    held = training.take(choose)
    return measure.gain(held.y, _answers(model.fit(training.take(learn), settings, 0, limit), held))
