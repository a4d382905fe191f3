"""The network of a comparison: its line, and hidden layers that start from it."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.comparison.contest.budget import Effort
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.network_layers import beside, line
from layerwise.comparison.contest.network_model import DEFAULT, drawn, fit_network
from layerwise.comparison.contest.problem import problem_of

EFFORT = Effort(tuning=True)


def table(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns))


@pytest.mark.parametrize("widths", [[1, 1, 1], [1, 12, 3, 20]], ids=["numbers", "embeddings"])
def test_hidden_layers_begin_with_the_answers_of_the_line(widths: list[int]) -> None:
    start = line(widths, 2, seed=3)
    for value in start.parameters().values():
        value += 0.1
    net = beside(start, widths, 2, DEFAULT, seed=4)
    x = table(5, sum(widths)).astype(np.float32)
    np.testing.assert_allclose(net(x), start(x), rtol=1e-6)
    assert net.theta.size > start.theta.size


def test_it_comes_close_to_a_linear_model_where_that_is_the_truth() -> None:
    x = table(400, 8)
    y = x @ table(8, 1, seed=1)[:, 0] + 0.5 * table(400, 1, seed=2)[:, 0]
    new = problem_of(table(2000, 8, seed=3), table(2000, 8, seed=3) @ table(8, 1, seed=1)[:, 0], "regression")
    problem = problem_of(x, y, "regression")

    def away(model: str) -> float:
        fitted = MODELS[model].fit(problem, MODELS[model].default, 0, Effort())
        return float(np.sqrt(np.mean((fitted.answer(new) - new.y) ** 2)))

    assert away("linear") < 0.12
    assert away("network") < 0.25  # of a standard deviation of 2.5; the trees stand at 1 and more


def test_it_bends_where_the_truth_does() -> None:
    x = table(600, 2)
    problem = problem_of(x, np.abs(x[:, 0]) + x[:, 1] ** 2, "regression")
    fitted = fit_network(problem, DEFAULT, 0, Effort())
    assert np.std(fitted.answer(problem) - problem.y) < 0.3 * problem.y.std()


def test_a_depth_of_0_is_the_line_alone() -> None:
    problem = problem_of(table(100, 3), ["a", "b"] * 50)
    fitted = fit_network(problem, {**DEFAULT, "depth": 0}, 0, EFFORT)
    assert fitted.size == 2 * 3 + 2
    probabilities = fitted.answer(problem)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert {drawn(np.random.default_rng(seed))["depth"] for seed in range(40)} == {0, 1, 2, 3}


def test_the_seed_decides_everything() -> None:
    problem = problem_of(table(80, 2), table(80, 2)[:, 0], "regression")
    one, other, third = (fit_network(problem, DEFAULT, seed, EFFORT).answer(problem) for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)
