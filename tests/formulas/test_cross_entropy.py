"""The forms of cross-entropy: they agree where they should, and each has its documented limits at the extremes."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.formulas import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    cross_entropy_with_probabilities,
    cross_entropy_with_soft_targets,
    huber,
    log_softmax,
    mean_absolute_error,
    negative_log_likelihood,
    perceptron_criterion,
    sigmoid,
    softmax,
)
from layerwise.random import generator

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
HUGE = {np.float32: 1e30, np.float64: 1e300}
ROUNDING = {np.float32: 1e-6, np.float64: 1e-12}


@pytest.fixture(autouse=True)
def _strict():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


def batch(n=6, k=5):
    rng = generator(2, "batch")
    return 2 * rng.normal(size=(n, k)), rng.integers(k, size=n), rng.uniform(0.5, 2, size=(n, 1))


# --- one loss in several forms ---------------------------------------------------------------------------------------


def test_softmax_and_then_the_form_on_probabilities_is_the_form_on_logits():
    """The textbook's -Σ y log ŷ with its slope -y/ŷ, sent back through the Jacobian of softmax, is p - y."""
    z, labels, weight = batch()
    p, through_softmax = softmax(z)
    onehot = np.eye(5)[labels]
    C, backward = cross_entropy_with_probabilities(p, onehot, weight, 3.0)
    whole, whole_backward = cross_entropy_with_logits(z, labels, weight, 3.0)
    np.testing.assert_allclose(C, whole, rtol=1e-13)
    np.testing.assert_allclose(through_softmax(backward(0.7)), whole_backward(0.7), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(whole_backward(1.0), weight * (p - onehot) / 3, rtol=1e-12, atol=1e-15)


def test_the_slope_on_probabilities_is_minus_y_over_p():
    _, backward = cross_entropy_with_probabilities(
        np.array([[0.5, 0.25, 0.25]]), np.array([[0.5, 0.5, 0.0]]), np.array([[3.0]]), 2.0
    )
    np.testing.assert_array_equal(backward(1.0), [[-1.5, -3.0, 0.0]])


def test_where_probabilities_underflow_the_two_forms_part():
    """The form on logits knows the cost of 800; on probabilities the number is lost, and the limit answers."""
    z, onehot, weight = np.array([[800.0, 0.0]]), np.array([[0.0, 1.0]]), np.ones((1, 1))
    p, through_softmax = softmax(z)
    assert cross_entropy_with_logits(z, np.array([1]), weight, 1.0)[0] == 800
    C, backward = cross_entropy_with_probabilities(p, onehot, weight, 1.0)
    assert C == 100
    assert not through_softmax(backward(1.0)).any()  # nothing to learn from, and the logits would say (1, -1)
    np.testing.assert_array_equal(cross_entropy_with_logits(z, np.array([1]), weight, 1.0)[1](1.0), [[1, -1]])


def test_log_softmax_and_then_negative_log_likelihood_is_cross_entropy():
    z, labels, weight = batch()
    log_p, through = log_softmax(z)
    C, backward = negative_log_likelihood(log_p, labels, weight, 3.0)
    whole, whole_backward = cross_entropy_with_logits(z, labels, weight, 3.0)
    assert whole == C
    np.testing.assert_allclose(through(backward(0.7)), whole_backward(0.7), rtol=1e-12, atol=1e-15)


def test_one_hot_targets_are_labels():
    z, labels, weight = batch()
    C, backward = cross_entropy_with_soft_targets(z, np.eye(5)[labels], weight, 3.0)
    whole, whole_backward = cross_entropy_with_logits(z, labels, weight, 3.0)
    np.testing.assert_allclose(C, whole, rtol=1e-14)
    np.testing.assert_allclose(backward(0.7), whole_backward(0.7), rtol=1e-12, atol=1e-16)


def test_sigmoid_and_then_binary_cross_entropy_is_the_form_on_logits():
    z, _, weight = batch()
    y = generator(2, "yes or no").random(z.shape)
    p, through_sigmoid = sigmoid(z)
    C, backward = binary_cross_entropy(p, y, weight, 3.0)
    whole, whole_backward = binary_cross_entropy_with_logits(z, y, weight, 3.0)
    np.testing.assert_allclose(C, whole, rtol=1e-13)
    np.testing.assert_allclose(through_sigmoid(backward(0.7)), whole_backward(0.7), rtol=1e-10, atol=1e-15)


def test_two_classes_are_one_yes_or_no():
    """Cross-entropy over the logits (0, z) is binary cross-entropy on z."""
    z = np.array([[-3.0], [0.5], [20.0]])
    two, two_backward = cross_entropy_with_logits(
        np.hstack([np.zeros((3, 1)), z]), np.array([1, 0, 1]), np.ones((1, 1)), 1.0
    )
    one, one_backward = binary_cross_entropy_with_logits(z, np.array([[1.0], [0.0], [1.0]]), np.ones((1, 1)), 1.0)
    np.testing.assert_allclose(two, one, rtol=1e-14)
    np.testing.assert_allclose(two_backward(1.0)[:, 1:], one_backward(1.0), rtol=1e-13, atol=1e-15)


# --- extremes --------------------------------------------------------------------------------------------------------


@each_dtype
def test_soft_targets_under_extreme_logits(dtype):
    huge = HUGE[dtype]
    z = np.array([[1e4, -1e4, 0], [huge, -huge, 0], [-huge, -huge, -huge], [2e4, 0, 0]], dtype=dtype)
    y = np.array([[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0], [0, 1, 0]], dtype=dtype)
    C, backward = cross_entropy_with_soft_targets(z, y, np.ones((1, 1), dtype), 1.0)
    assert C.dtype == dtype
    np.testing.assert_allclose(C, np.log(3) + 2e4, rtol=1e-6)
    np.testing.assert_allclose(backward(1.0), softmax(z)[0] - y, atol=ROUNDING[dtype])


@each_dtype
def test_probabilities_of_0_and_1_cost_100_at_most(dtype):
    p = np.array([[0, 1, 0, 1, 0, 1]], dtype=dtype)
    y = np.array([[0, 1, 1, 0, 0.5, 0.5]], dtype=dtype)
    for column, cost, slope in zip(range(6), [0, 0, 100, 100, 50, 50], [0, 0, -1e12, 1e12, -5e11, 5e11], strict=True):
        one, truth = p[:, [column]], y[:, [column]]
        C, backward = binary_cross_entropy(one, truth, np.ones((1, 1), dtype), 1.0)
        assert cost == C
        np.testing.assert_allclose(backward(1.0), [[slope]], rtol=1e-6)
    C, backward = cross_entropy_with_probabilities(p, y, np.ones((1, 1), dtype), 1.0)
    assert C == 150
    np.testing.assert_allclose(backward(1.0), [[0, -1, -1e12, 0, -5e11, -0.5]], rtol=1e-6)


@each_dtype
def test_small_probabilities_keep_their_digits(dtype):
    p = np.array([[1e-30]], dtype=dtype)
    yes, no, weight = np.ones_like(p), np.zeros_like(p), np.ones((1, 1), dtype)
    np.testing.assert_allclose(binary_cross_entropy(p, yes, weight, 1.0)[0], 30 * np.log(10), rtol=1e-6)
    np.testing.assert_allclose(binary_cross_entropy(p, no, weight, 1.0)[0], p[0, 0], rtol=1e-6)
    np.testing.assert_allclose(cross_entropy_with_probabilities(p, yes, weight, 1.0)[0], 30 * np.log(10), rtol=1e-6)


@each_dtype
def test_huge_errors_and_logits(dtype):
    huge = HUGE[dtype]
    x, zero, weight = np.array([[huge], [-huge]], dtype=dtype), np.zeros((2, 1), dtype), np.ones((1, 1), dtype)
    C, backward = mean_absolute_error(x, zero, weight, 2.0)
    np.testing.assert_allclose(C, huge, rtol=1e-6)
    np.testing.assert_array_equal(backward(1.0), [[0.5], [-0.5]])
    C, backward = huber(x, zero, 0.5, weight, 2.0)
    np.testing.assert_allclose(C, huge / 2, rtol=1e-6)
    np.testing.assert_array_equal(backward(1.0), [[0.25], [-0.25]])
    C, backward = perceptron_criterion(x, zero, weight, 2.0)
    np.testing.assert_allclose(C, huge / 2, rtol=1e-6)
    np.testing.assert_array_equal(backward(1.0), [[0.5], [0]])
