"""Whether there is anything to learn: by rows, groups or runs of neighbours that do not depend on each other."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison.contest.folds import Fold, folds_of
from layerwise.comparison.contest.problem import Problem, problem_of
from layerwise.comparison.contest.scoring import CLASS_MEASURES, QUANTITY_MEASURES
from layerwise.comparison.contest.signal import signals_of
from layerwise.comparison.contest.trial import Trial


def trials(folds: tuple[Fold, ...], better: float, noise: float, seed: int = 0) -> list[Trial]:
    rng = np.random.default_rng(seed)
    found = []
    for fold in folds:
        hard = rng.exponential(size=len(fold.test))  # rows that are hard for both
        less = better + noise * rng.normal(size=len(fold.test))
        found += [Trial("dummy", fold.number, losses=hard), Trial("linear", fold.number, losses=hard - less)]
    return found


def table(**more: object) -> Problem:
    x = np.random.default_rng(1).normal(size=(100, 2))
    return problem_of(x, x[:, 0], "regression", **more)


def test_rows_count_where_folds_are_few() -> None:
    problem = table()
    folds = folds_of(problem, 5, 1)
    (found,) = signals_of(problem, folds, trials(folds, 0.3, 1.0), ["dummy", "linear"])
    assert found.mean == pytest.approx(0.3, abs=0.2)
    assert found.p_value < 0.02


def test_a_row_that_is_tested_twice_counts_once() -> None:
    problem = table()
    once, twice = folds_of(problem, 5, 1), folds_of(problem, 5, 2)
    same: list[Trial] = []
    for fold in twice:  # the losses of a row are the same in both dealings
        loss = np.sin(np.arange(100.0))[fold.test]
        same += [Trial("dummy", fold.number, losses=loss + 1), Trial("linear", fold.number, losses=2 * loss)]
    whole = signals_of(problem, twice, same, ["dummy", "linear"])
    half = signals_of(problem, once, same, ["dummy", "linear"])
    assert whole[0].p_value == pytest.approx(half[0].p_value)


def test_a_group_counts_once_and_time_by_runs_of_neighbours() -> None:
    groups = np.repeat(np.arange(10), 10)
    for more in ({"groups": groups}, {"time": np.arange(100)}):
        problem = table(**more)
        folds = folds_of(problem, 5, 1)
        rows = table()
        own = trials(folds, 0.3, 1.0)
        apart, together = (signals_of(each, folds, own, ["dummy", "linear"])[0] for each in (rows, problem))
        assert apart.p_value != together.p_value
        assert together.mean == pytest.approx(apart.mean, abs=0.05)


def test_losses_are_what_the_score_is_a_mean_of() -> None:
    rng = np.random.default_rng(3)
    y, chances = rng.integers(0, 3, 60), rng.dirichlet(np.ones(3), 60)
    for name, perfect in (("accuracy", 1), ("balanced_accuracy", 1), ("log_loss", 0)):
        measure = CLASS_MEASURES[name]
        assert measure.loss(y, chances).mean() == pytest.approx(perfect - measure.gain(y, chances))
    rmse, truth, answers = QUANTITY_MEASURES["rmse"], rng.normal(size=30), rng.normal(size=30)
    assert np.sqrt(rmse.loss(truth, answers).mean()) == pytest.approx(-rmse.gain(truth, answers))


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_none_and_a_clear_signal_in_time_is_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=(200, 3)), rng.normal(size=200)
    settings = {"models": ["linear", "tree"], "repeats": 1, "configurations": 1, "why": False, "time": np.arange(200)}
    assert lw.compare(x, noise, **settings).verdict == "no signal"
    assert lw.compare(x, x[:, 0] + 0.5 * noise, **settings).verdict == "traditional"
