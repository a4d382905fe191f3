"""Intervals and tests against what SciPy, scikit-learn's companion, and simulation say."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.comparison.certainty import rmse_intervals, sign_test


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (9, 1), (3, 17), (700, 600), (5000, 1)])
def test_the_sign_test_is_the_binomial_test(first: int, second: int) -> None:
    from scipy.stats import binomtest

    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert sign_test(first, second) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_the_interval_of_the_rmse_covers_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(0)
    inside = 0
    for trial in range(60):
        (low, high), *_ = rmse_intervals(draw.normal(0, 2, 200), seed=trial)
        inside += low <= 2 <= high
    assert inside >= 50


def test_the_difference_is_paired() -> None:
    errors = np.random.default_rng(0).normal(0, 1, 100)
    _, _, (low, high) = rmse_intervals(errors, 1.1 * errors)
    assert low < high < 0  # always smaller by a tenth, though both intervals overlap


def test_equal_seeds_give_equal_intervals() -> None:
    errors = np.random.default_rng(0).normal(0, 1, 50)
    assert rmse_intervals(errors, seed=3) == rmse_intervals(errors, seed=3)
    assert rmse_intervals(errors, seed=3) != rmse_intervals(errors, seed=4)
