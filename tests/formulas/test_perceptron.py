"""The perceptron: what it separates and how soon, that XOR defeats it, and that its rule is a descent after all."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas import linear, perceptron, perceptron_criterion, perceptron_update, train_perceptron
from layerwise.random import generator

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, OR, XOR = [0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]


def accuracy(x, y, w, b):
    return float(np.mean(perceptron(x, w, b) == y))


def bound(x, y, w, b):
    """(R/γ)² for the samples (x, 1) and a plane that separates them."""
    x, plane = np.column_stack([x, np.ones(len(x))]), np.append(w, b)
    distances = np.where(np.asarray(y) == 1, 1, -1) * (x @ plane) / np.linalg.norm(plane)
    assert distances.min() > 0
    return (np.linalg.norm(x, axis=1).max() / distances.min()) ** 2


def clouds(seed, n=200, d=5):
    """Two clouds on both sides of a random plane, none of their points near it; and that plane."""
    rng = generator(seed, "clouds")
    w, b = rng.normal(size=d), rng.normal()
    x = rng.normal(size=(n, d))
    distance = (x @ w + b) / np.linalg.norm(w)
    x += np.outer(0.3 * np.sign(distance), w / np.linalg.norm(w))
    return x, (distance > 0).astype(int), w, b


def test_the_step():
    w, b = np.array([1.0, -1.0]), 0.5
    np.testing.assert_array_equal(perceptron(np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.5]]), w, b), [1, 0, 0])
    assert math.isnan(perceptron(np.array([np.nan, 1.0]), w, b))


@pytest.mark.parametrize(
    ("y", "w", "b", "new_w", "new_b"),
    [
        (1, [1.0, 1.0], 0.0, [1, 1], 0),  # right: nothing moves
        (0, [-1.0, 0.0], 0.0, [-1, 0], 0),
        (1, [-1.0, 0.0], 0.0, [-0.5, 1], 0.5),  # a missed 1: towards x
        (0, [1.0, 1.0], 0.0, [0.5, 0], -0.5),  # a false 1: away from it
        (1, [0.0, 0.0], 0.0, [0.5, 1], 0.5),  # on the plane the answer is 0
    ],
)
def test_the_rule_by_hand(y, w, b, new_w, new_b):
    old = np.array(w)
    got_w, got_b = perceptron_update(np.array([1.0, 2.0]), y, old, b, lr=0.5)
    np.testing.assert_array_equal(got_w, new_w)
    assert got_b == new_b
    np.testing.assert_array_equal(old, w)


@pytest.mark.parametrize(("y", "w", "b"), [(AND, [1, 1], -1.5), (OR, [1, 1], -0.5)], ids=["AND", "OR"])
def test_it_learns_and_and_or_within_the_bound(y, w, b):
    run = train_perceptron(CORNERS, y)
    assert run.separated
    np.testing.assert_array_equal(perceptron(CORNERS, run.w, run.b), y)
    assert 0 < sum(run.mistakes) <= bound(CORNERS, y, w, b)


@pytest.mark.parametrize("seed", range(8))
def test_it_separates_clouds_within_the_bound(seed):
    x, y, w, b = clouds(seed)
    run = train_perceptron(x, y)
    assert run.separated
    assert accuracy(x, y, run.w, run.b) == 1
    assert 0 < sum(run.mistakes) <= bound(x, y, w, b)


def test_the_rate_changes_the_length_of_w_and_nothing_else():
    x, y, _, _ = clouds(0)
    one, tenth = train_perceptron(x, y), train_perceptron(x, y, lr=1 / 8)  # a power of two, so that no rounding differs
    np.testing.assert_array_equal(tenth.w, one.w / 8)
    assert (tenth.b, tenth.mistakes) == (one.b / 8, one.mistakes)


def test_xor_defeats_it():
    """In 1,000 epochs no epoch is free of mistakes, and no plane on the way is right at more than 3 corners of 4."""
    run = train_perceptron(CORNERS, XOR)
    assert not run.separated
    assert len(run.mistakes) == 1000
    assert min(run.mistakes) > 0
    w, b, best = np.zeros(2), 0.0, 0.0
    for _ in range(1000):
        for x, y in zip(CORNERS, XOR, strict=True):
            w, b = perceptron_update(x, y, w, b)
            best = max(best, accuracy(CORNERS, XOR, w, b))
    assert best <= 0.75
    np.testing.assert_array_equal(run.w, w)
    assert run.b == b


def test_one_more_feature_saves_it():
    """With x₁x₂ beside them the corners of XOR lie on two sides of a plane: what a hidden layer has to find."""
    x = np.column_stack([CORNERS, CORNERS[:, 0] * CORNERS[:, 1]])
    run = train_perceptron(x, XOR)
    assert run.separated
    assert 0 < sum(run.mistakes) <= bound(x, XOR, [1, 1, -2], -0.5)


def test_it_stops_after_the_first_epoch_without_a_mistake():
    run = train_perceptron(CORNERS, AND)
    assert run.mistakes[-1] == 0
    assert all(run.mistakes[:-1])
    cut = train_perceptron(CORNERS, AND, epochs=2)
    assert cut.mistakes == run.mistakes[:2]
    assert not cut.separated
    assert train_perceptron(CORNERS, [0, 0, 0, 0]).mistakes == [0]


def test_the_rule_is_gradient_descent_on_the_perceptron_criterion():
    """Through the affine map, -η times the gradient is the rule: for right and wrong samples, and on the plane."""
    rng = generator(3, "rule")
    for number in range(50):
        x, w, b, y = rng.normal(size=3), rng.normal(size=3), float(rng.normal()), float(rng.integers(2))
        if number % 5 == 0:
            w, b = np.zeros(3), 0.0
        z, through = linear(x[None], w[None], np.array([b]))
        _, backward = perceptron_criterion(z, np.array([[y]]), np.ones((1, 1)), 1.0)
        _, dW, db = through(backward(1.0))
        new_w, new_b = perceptron_update(x, y, w, b, lr=0.25)
        np.testing.assert_allclose(w - 0.25 * dW[0], new_w, rtol=1e-15)
        assert b - 0.25 * db[0] == pytest.approx(new_b, rel=1e-15)


BAD = [
    (CORNERS, [[0], [0], [0], [1]], {}, ShapeError, ("(4,)", "(4, 1)", "write y.ravel()")),
    (CORNERS, [0, 1], {}, ShapeError, ("(4,)", "(2,)", "one label per sample")),
    (CORNERS, [[0], [1]], {}, ShapeError, ("(4,)", "(2, 1)", "one label per sample")),
    (CORNERS, None, {}, KindError, "y must hold real numbers"),
    (CORNERS, [-1, 1, 1, -1], {}, DataError, ("0 and 1", "-1 in row 0", "number the two classes")),
    (CORNERS, [0, 1, 2, 0], {}, DataError, "2 in row 2"),
    (CORNERS, [0, 1, np.nan, 0], {}, DataError, "nan in row 2"),
    (CORNERS, ["a", "b", "a", "b"], {}, KindError, "text"),
    (CORNERS[0], [0, 1], {}, ShapeError, ("(N, D)", "(2,)")),
    (CORNERS[:0], [], {}, DataError, "(0, 2)"),
    (CORNERS[:, :0], AND, {}, DataError, "(4, 0)"),
    ([[0, 1], [np.inf, 1]], [0, 1], {}, DataError, "row 1, column 0"),
    ([[0, 1], [1]], [0, 1], {}, ShapeError, "ragged"),
    (CORNERS, AND, {"lr": 0}, SettingError, "lr must be above 0"),
    (CORNERS, AND, {"lr": math.nan}, SettingError, "finite"),
    (CORNERS, AND, {"lr": "1"}, KindError, "lr must be a number"),
    (CORNERS, AND, {"epochs": 0}, SettingError, "at least 1"),
    (CORNERS, AND, {"epochs": 1.5}, KindError, "whole number"),
]


@pytest.mark.parametrize(("x", "y", "keywords", "error", "words"), BAD)
def test_what_it_can_not_learn_from(x, y, keywords, error, words, tally):
    refused(tally, error, words, lambda: train_perceptron(x, y, **keywords))
