"""Outside the range: a line goes on, trees answer as at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.comparison.contest.beyond import Beyond, best_of_trees, outside_the_range, told
from layerwise.comparison.contest.budget import budget_of
from layerwise.comparison.contest.importance import Importance
from layerwise.comparison.contest.problem import Problem, problem_of
from layerwise.comparison.contest.scoring import measure_of

NAMES = ["dummy", "linear", "tree", "forest"]


def found(problem: Problem, *columns: str, seconds: float = 1000.0) -> Beyond | None:
    order = [Importance(name, {"linear": 1.0}) for name in columns or problem.features.names]
    measure, budget = measure_of(problem.task, None), budget_of(seconds, 1, None, 3)
    return outside_the_range(problem, order, NAMES, measure, budget, 0)


def test_a_line_goes_on_and_trees_do_not() -> None:
    x = np.random.default_rng(0).uniform(0, 10, size=(400, 2))
    beyond = found(problem_of(x, 5 * x[:, 0] + x[:, 1], "regression"))
    assert beyond is not None
    assert beyond.column == "x0"
    assert beyond.edge == pytest.approx(np.quantile(x[:, 0], 0.8))
    assert beyond.outside["linear"] > -0.2
    assert beyond.outside["tree"] < 3 * beyond.inside["tree"] < 0
    assert beyond.spread["tree"] == beyond.spread["forest"] == 0
    assert beyond.spread["linear"] > 0.4
    assert set(beyond.answers) == {"linear", "tree", "forest"}
    assert max(beyond.at) > 11
    assert best_of_trees(beyond) == "forest"
    sentence = told(beyond, measure_of("regression", None))
    assert "Beyond it tree and forest answer as at the edge." in sentence
    assert "trained where 'x0' is at most" in sentence


def test_rows_above_the_edge_are_never_learnt_from() -> None:
    """Their targets are changed: only the scores above the edge are others."""
    x = np.random.default_rng(1).uniform(0, 10, size=(200, 1))
    y = x[:, 0].copy()
    honest = found(problem_of(x, y, "regression"))
    assert honest is not None
    y[x[:, 0] > honest.edge] += 1000
    changed = found(problem_of(x, y, "regression"))
    assert changed is not None
    assert (changed.answers, changed.inside) == (honest.answers, honest.inside)
    assert changed.outside["linear"] < -900


def test_no_group_stands_on_both_sides() -> None:
    """Each group has a height of its own, which a tree could learn by heart from its number."""
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(40), 10)
    table = {"x": rng.normal(size=400), "number": group * 1.0}
    height = rng.normal(size=40)
    beyond = found(problem_of(table, height[group], "regression", group), "x")
    assert beyond is not None
    assert beyond.inside["tree"] < beyond.inside["dummy"]
    assert beyond.outside["tree"] < beyond.outside["dummy"]
    assert found(problem_of(table, height[group], "regression", 0 * group), "x") is None


def test_classes_are_told_by_the_probability_of_the_commonest() -> None:
    x = np.random.default_rng(2).normal(size=(200, 2))
    beyond = found(problem_of(x, np.where(x[:, 0] > 0.2, "yes", "no")))
    assert beyond is not None
    assert beyond.class_name == "no"
    assert all(0 <= answer <= 1 for each in beyond.answers.values() for answer in each)


def test_a_column_needs_values_and_there_must_be_rows_and_time() -> None:
    rng = np.random.default_rng(3)
    few = {"few": rng.integers(0, 3, 100).astype(float), "town": list("ab") * 50, "many": rng.normal(size=100)}
    beyond = found(problem_of(few, rng.normal(size=100)))
    assert beyond is not None
    assert beyond.column == "many"
    assert found(problem_of({"few": few["few"]}, rng.normal(size=100))) is None
    assert found(problem_of(rng.normal(size=(30, 1)), rng.normal(size=30))) is None
    assert found(problem_of(few, rng.normal(size=100)), seconds=1e-9) is None
    assert told(None, measure_of("regression", None)) == ""
