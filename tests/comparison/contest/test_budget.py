"""The budget: work is counted, and seconds are its ceiling."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison.contest.budget import Effort, budget_of
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.network_model import DEFAULT, fit_network
from layerwise.comparison.contest.problem import problem_of


def drawn(rows: int, columns: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns))


def test_a_slow_machine_does_three_folds_before_it_learns_less_in_each() -> None:
    assert budget_of(240, 10, None, 5).fold == pytest.approx(0.8 * 240 / 3)
    assert budget_of(240, 10, None, 2).fold == pytest.approx(0.8 * 240 / 2)
    assert budget_of(240, 10, 0.5, 5).fit == 0.5


def test_the_clock_decides_nothing_below_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every look at the clock finds that 2 ms more have gone by, the scores are the same."""
    x = drawn(50)
    settings: dict[str, Any] = {"models": ["linear", "network"], "folds": 2, "repeats": 1, "seeds": 1}
    settings |= {"configurations": 1, "budget_seconds": 5000, "why": False}
    first = lw.compare(x, x[:, 0] ** 2, **settings)
    real, looks = time.perf_counter, iter(range(10**9))
    monkeypatch.setattr(time, "perf_counter", lambda: real() + 0.002 * next(looks))
    second = lw.compare(x, x[:, 0] ** 2, **settings)
    assert [trial.tuned for trial in first.trials] == [trial.tuned for trial in second.trials]
    assert "No ceiling was reached" in " ".join(str(second).split())


def test_a_ceiling_that_is_reached_is_told() -> None:
    x = drawn(300, 4)
    settings: dict[str, Any] = {"models": ["linear", "network"], "folds": 2, "repeats": 1, "seeds": 1, "why": False}
    result = lw.compare(x, x[:, 0], budget_seconds=0.5, **settings)
    assert result.scores["network"].cut == 2
    assert "network in 2 folds" in " ".join(str(result).split())


def test_a_network_makes_the_updates_that_are_counted_or_ends_at_its_ceiling() -> None:
    problem = problem_of(drawn(200), drawn(200)[:, 0] ** 2, "regression")
    whole = fit_network(problem, DEFAULT, 0, Effort())
    again = fit_network(problem, DEFAULT, 0, Effort(1000.0))
    short = fit_network(problem, DEFAULT, 0, Effort(0.01))
    assert (whole.steps, whole.cut) == (again.steps, False)
    assert np.array_equal(whole.net.theta, again.net.theta)
    assert short.cut
    assert short.steps < whole.steps


def test_a_forest_has_fewer_trees_of_many_rows() -> None:
    def trees(rows: int, effort: Effort) -> int:
        problem = problem_of(drawn(rows, 1), drawn(rows, 1)[:, 0], "regression")
        return MODELS["forest"].fit(problem, {"min_samples_leaf": rows // 4}, 0, effort).steps

    assert trees(60, Effort()) == 100
    assert trees(8000, Effort()) == 62
    assert trees(60, Effort(tuning=True)) == 20
    assert trees(60, Effort(0.0)) == 10
