"""What each column is worth: a useful one costs when it is shuffled, a useless one does not."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.comparison.contest.budget import budget_of
from layerwise.comparison.contest.folds import folds_of
from layerwise.comparison.contest.importance import Importance, importances_of, told
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.problem import Problem, problem_of
from layerwise.comparison.contest.scoring import measure_of
from layerwise.comparison.contest.trial import Trial

NAMES = ("dummy", "linear", "tree")


def trials(names: tuple[str, ...] = NAMES) -> list[Trial]:
    order = {"dummy": -3.0, "linear": -1.0, "tree": -2.0, "forest": -1.5}
    return [
        Trial(name, fold, untuned=order[name], tuned=(order[name],))
        for name in names for fold in (0, 1)
    ]  # fmt: skip


def found(problem: Problem, seconds: float = 1000.0) -> list[Importance]:
    measure, budget = measure_of(problem.task, None), budget_of(seconds, 1, None, 3)
    return importances_of(problem, folds_of(problem, 3, 1)[0], trials(), measure, budget, 0)


def test_columns_come_in_the_order_of_what_they_are_worth() -> None:
    x = np.random.default_rng(0).normal(size=(200, 4))
    first, second, *rest = found(problem_of(x, 3 * x[:, 2] - x[:, 0], "regression"))
    assert (first.column, second.column) == ("x2", "x0")
    assert first.lost["linear"] > 10 * max(abs(each.lost["linear"]) for each in rest)
    assert first.coefficient == pytest.approx(3 * np.std(x[:, 2]), rel=0.1)
    assert second.coefficient == pytest.approx(-np.std(x[:, 0]), rel=0.15)


def test_a_column_of_categories_has_the_size_of_its_coefficients() -> None:
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, 150)
    table = {"kind": [f"k{code}" for code in kind], "n": rng.normal(size=150)}
    first, _ = found(problem_of(table, 2.0 * (kind == 1) + 0.1 * rng.normal(size=150)))
    assert first.column == "kind"
    assert first.coefficient is not None
    assert first.coefficient > 0


def test_without_time_nothing_is_said() -> None:
    problem = problem_of(np.random.default_rng(0).normal(size=(60, 2)), [0, 1] * 30)
    assert found(problem, 1e-9) == []
    assert told([]) == ""


def test_what_is_told_names_the_three_that_cost_most() -> None:
    worth = [
        Importance(name, {"linear": lost, "network": -lost}) for name, lost in zip("abcd", (4, 3, 2, 1), strict=True)
    ]
    assert told(worth) == (
        f"Importance: when shuffled, the columns that cost most are, for {MODELS['linear'].title} 'a', 'b', 'c'; "
        "for the network none."
    )
