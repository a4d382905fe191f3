"""Extreme numbers: the formulas give exact limits, and raise no floating-point warning.

Underflow to 0 is allowed; overflow, division by zero and invalid operations are not.
"""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.formulas import (
    attention,
    batch_norm,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    dropout,
    gru,
    layer_norm,
    log_softmax,
    lstm,
    policy_gradient,
    power,
    relu,
    rms_norm,
    rnn,
    sigmoid,
    softmax,
    tanh,
)
from layerwise.random import generator

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
HUGE = {np.float32: 1e30, np.float64: 1e300}
TINY = {np.float32: 1e-45, np.float64: 5e-324}  # the smallest denormal numbers
SUM = {np.float32: 1e-6, np.float64: 1e-12}


@pytest.fixture(autouse=True)
def _strict():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


def extreme_rows(dtype):
    """Logits that break softmax as it is written in textbooks."""
    huge, tiny = HUGE[dtype], TINY[dtype]
    rows = [
        [1e4, -1e4, 0],
        [huge, -huge, 0],
        [-huge, -huge, -huge],
        [huge, huge, huge],
        [7, 7, 7],
        [0, 0, 0],
        [2e4, 0, 0],
        [tiny, -tiny, 0],
    ]
    return np.array(rows, dtype=dtype)


def ones(n, dtype):
    return np.ones((n, 1), dtype=dtype)


@each_dtype
def test_softmax_of_extreme_logits(dtype):
    x = extreme_rows(dtype)
    p, backward = softmax(x)
    dx = backward(generator(0, "upstream").normal(size=x.shape).astype(dtype))
    assert p.dtype == dtype
    assert np.isfinite(p).all()
    assert np.isfinite(dx).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=SUM[dtype])
    np.testing.assert_array_equal(p[1], [1, 0, 0])
    for equal in (2, 3, 4, 5):
        np.testing.assert_allclose(p[equal], 1 / 3, rtol=1e-6)


@each_dtype
def test_log_softmax_of_extreme_logits(dtype):
    x = extreme_rows(dtype)
    y, backward = log_softmax(x)
    dx = backward(generator(0, "upstream").normal(size=x.shape).astype(dtype))
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    np.testing.assert_allclose(np.exp(y).sum(axis=1), 1, atol=SUM[dtype])
    np.testing.assert_array_equal(y[0], [0, -2e4, -1e4])
    np.testing.assert_array_equal(y[1], x[1] - x[1].max())
    np.testing.assert_allclose(y[3], -np.log(3), rtol=1e-6)


@pytest.mark.parametrize("shift", [-1e4, -3.0, 1e4])
@pytest.mark.parametrize("formula", [softmax, log_softmax])
def test_a_shift_of_a_row_changes_nothing(formula, shift):
    x = generator(0, "shift").integers(-50, 50, size=(5, 7)) / 8  # eighths, so that the shifted logits are exact
    value, backward = formula(x)
    shifted, shifted_backward = formula(x + shift)
    upstream = generator(1, "shift").normal(size=x.shape)
    np.testing.assert_array_equal(shifted, value)
    np.testing.assert_array_equal(shifted_backward(upstream), backward(upstream))


@each_dtype
def test_cross_entropy_of_a_wrong_answer_is_the_gap(dtype):
    z = np.array([[2e4, 0.0, 0.0]], dtype=dtype)
    C, backward = cross_entropy_with_logits(z, np.array([1]), ones(1, dtype), 1.0)
    assert C == 2e4
    np.testing.assert_array_equal(backward(1.0), [[1, -1, 0]])


@each_dtype
def test_cross_entropy_of_extreme_logits_has_the_gradient_p_minus_y(dtype):
    z = extreme_rows(dtype)
    y = np.arange(len(z)) % 3
    C, backward = cross_entropy_with_logits(z, y, ones(len(z), dtype), float(len(z)))
    p, _ = softmax(z)
    assert np.isfinite(C)
    assert C >= 0
    np.testing.assert_allclose(len(z) * backward(1.0), p - np.eye(3)[y], atol=SUM[dtype])


@each_dtype
def test_the_policy_gradient_of_extreme_logits(dtype):
    """Certain of one action or of none: the entropy is 0 or ln 3, and at either end it has no slope."""
    z, action = extreme_rows(dtype), np.zeros(8, dtype=np.int64)
    for row, entropy in zip(z, np.log([1, 1, 3, 3, 3, 3, 1, 3]), strict=True):
        C, backward = policy_gradient(row[None], action[:1], np.zeros(1, dtype), 2.0, 1.0)
        np.testing.assert_allclose(C, -2 * entropy, rtol=1e-6)
        np.testing.assert_allclose(backward(1.0), np.zeros((1, 3)), atol=SUM[dtype])
    C, backward = policy_gradient(z[:1], action[:1] + 1, np.ones(1, dtype), 0.1, 1.0)
    assert C == 2e4
    np.testing.assert_allclose(backward(1.0), [[1, -1, 0]], atol=SUM[dtype])


@each_dtype
def test_cross_entropy_of_equal_logits_is_the_logarithm_of_the_classes(dtype):
    for value in (0.0, 1e4, -HUGE[dtype], HUGE[dtype]):
        z = np.full((4, 10), value, dtype=dtype)
        C, _ = cross_entropy_with_logits(z, np.arange(4), ones(4, dtype), 4.0)
        np.testing.assert_allclose(C, np.log(10), rtol=1e-6)


@each_dtype
@pytest.mark.parametrize("size", [1e4, None], ids=["1e4", "huge"])
def test_sigmoid_and_tanh_reach_their_limits(dtype, size):
    size = size or HUGE[dtype]
    x = np.array([size, -size, 0.0, -0.0], dtype=dtype)
    for formula, limits, at_zero in ((sigmoid, [1, 0, 0.5, 0.5], 0.25), (tanh, [1, -1, 0, 0], 1)):
        y, backward = formula(x)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, limits)
        np.testing.assert_array_equal(backward(np.ones_like(x)), [0, 0, at_zero, at_zero])


@each_dtype
def test_sigmoid_keeps_small_probabilities(dtype):
    """On the negative side σ(x) = eˣ to full precision, long before it underflows."""
    x = np.array([-20.0, -50.0, -80.0], dtype=dtype)
    y, _ = sigmoid(x)
    np.testing.assert_allclose(y, np.exp(x), rtol=1e-6)
    assert (y > 0).all()


@each_dtype
def test_denormal_numbers_go_through(dtype):
    tiny = np.array([TINY[dtype], -TINY[dtype]], dtype=dtype)
    assert tiny[0] > 0
    np.testing.assert_array_equal(sigmoid(tiny)[0], [0.5, 0.5])
    np.testing.assert_array_equal(tanh(tiny)[0], tiny)
    np.testing.assert_array_equal(relu(tiny)[0], [tiny[0], 0])
    np.testing.assert_array_equal(relu(tiny)[1](np.ones(2, dtype=dtype)), [1, 0])
    C, backward = binary_cross_entropy_with_logits(tiny[:, None], np.ones((2, 1), dtype=dtype), ones(2, dtype), 2.0)
    np.testing.assert_allclose(C, np.log(2), rtol=1e-6)
    np.testing.assert_array_equal(backward(1.0), [[-0.25], [-0.25]])


@each_dtype
@pytest.mark.parametrize("size", [1e4, None], ids=["1e4", "huge"])
def test_binary_cross_entropy_is_the_distance_on_the_wrong_side_and_0_on_the_right(dtype, size):
    size = dtype(size or HUGE[dtype])
    z = np.array([[size], [-size], [size], [-size]], dtype=dtype)
    y = np.array([[0], [1], [1], [0]], dtype=dtype)
    for rows, cost in (([0], size), ([1], size), ([2], 0), ([3], 0)):
        C, backward = binary_cross_entropy_with_logits(z[rows], y[rows], ones(1, dtype), 1.0)
        assert cost == C
        np.testing.assert_array_equal(backward(1.0), (z[rows] > 0) - y[rows])


@each_dtype
def test_binary_cross_entropy_of_a_certain_half(dtype):
    """A label between 0 and 1 costs |z| y on the wrong side: finite, however certain the answer."""
    z, y = np.array([[1e4]], dtype=dtype), np.array([[0.25]], dtype=dtype)
    C, backward = binary_cross_entropy_with_logits(z, y, ones(1, dtype), 1.0)
    assert C == 7500
    np.testing.assert_array_equal(backward(1.0), [[0.75]])


@each_dtype
def test_binary_cross_entropy_of_a_sure_and_right_yes_is_small_and_not_0(dtype):
    C, _ = binary_cross_entropy_with_logits(np.full((1, 1), 30, dtype), np.ones((1, 1), dtype), ones(1, dtype), 1.0)
    np.testing.assert_allclose(C, np.exp(-30), rtol=1e-6)


@each_dtype
def test_the_power_0_has_no_slope_even_at_0(dtype):
    """0 · 0^(-1) would be NaN."""
    x, dy = np.array([0, 2, -3], dtype=dtype), generator(0, "power").normal(size=3).astype(dtype)
    y, backward = power(x, 0.0)
    np.testing.assert_array_equal(y, 1)
    np.testing.assert_array_equal(backward(dy), 0)
    assert backward(dy).dtype == dtype


@each_dtype
def test_relu_of_extreme_numbers(dtype):
    huge = HUGE[dtype]
    y, backward = relu(np.array([huge, -huge], dtype=dtype))
    np.testing.assert_array_equal(y, np.array([huge, 0], dtype=dtype))
    np.testing.assert_array_equal(backward(np.array([2, 2], dtype=dtype)), [2, 0])


@each_dtype
def test_dropout_of_everything_and_of_nothing(dtype):
    x = np.array([1.0, -2.0, HUGE[dtype]], dtype=dtype)
    y, backward = dropout(x, np.zeros(3, dtype=bool), 1.0)
    np.testing.assert_array_equal(y, 0)
    np.testing.assert_array_equal(backward(x), 0)
    y, backward = dropout(x, np.ones(3, dtype=bool), 0.0)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(x), x)


@each_dtype
@pytest.mark.parametrize(
    "x", [[[3.0, -1.0]], [[2.0, 5.0], [2.0, 5.0], [2.0, 5.0]]], ids=["a batch of one", "equal rows"]
)
def test_batch_norm_of_no_variance_gives_the_shift(x, dtype):
    x = np.array(x, dtype=dtype)
    gamma, beta = np.array([2.0, 3.0], dtype=dtype), np.array([0.5, -0.25], dtype=dtype)
    value, backward = batch_norm(x, gamma, beta, 1e-5)
    np.testing.assert_array_equal(value.y, np.broadcast_to(beta, x.shape))
    np.testing.assert_array_equal(value.var, 0)
    dx, dgamma, dbeta = backward(np.ones_like(x))
    assert np.isfinite(dx).all()
    np.testing.assert_array_equal(dgamma, 0)
    np.testing.assert_array_equal(dbeta, len(x))


@each_dtype
def test_layer_norm_of_a_constant_row_gives_the_shift(dtype):
    x = np.array([[7.0, 7.0, 7.0], [1e4, 1e4, 1e4]], dtype=dtype)
    beta = np.array([0.5, -0.25, 0.0], dtype=dtype)
    y, backward = layer_norm(x, np.ones(3, dtype=dtype), beta, 1e-5)
    np.testing.assert_array_equal(y, [beta, beta])
    assert np.isfinite(backward(x)[0]).all()


@each_dtype
def test_attention_of_extreme_fits_looks_at_the_best(dtype):
    q = np.array([[[[1e4, 0.0], [-1e4, 0.0], [1e-4, 0.0]]]], dtype=dtype)
    value, backward = attention(q, q, q, *open_attention(q))
    np.testing.assert_array_equal(value.weights[0, 0, :2], [[1, 0, 0], [0, 1, 0]])
    np.testing.assert_allclose(value.weights.sum(axis=-1), 1, atol=SUM[dtype])
    for gradient in backward(np.ones_like(q)):
        assert np.isfinite(gradient).all()


@each_dtype
def test_a_step_that_may_look_at_nothing_says_nothing(dtype):
    q = generator(0, "attention").normal(size=(1, 1, 3, 2)).astype(dtype)
    mask = np.array([[True, True, False], [False, False, False], [True, True, True]])[None, None]
    value, backward = attention(q, q, q, mask, np.ones(1, dtype))
    np.testing.assert_array_equal(value.weights[0, 0, 1], 0)
    np.testing.assert_array_equal(value.y[0, 0, 1], 0)
    dq, dk, dv = backward(np.ones_like(q))
    np.testing.assert_array_equal(dq[0, 0, 1], 0)
    assert np.isfinite(dk).all()
    assert np.isfinite(dv).all()


@each_dtype
def test_rms_norm_of_nothing_is_nothing(dtype):
    x = np.zeros((2, 3), dtype=dtype)
    y, backward = rms_norm(x, np.ones(3, dtype=dtype), float(np.finfo(dtype).eps))
    np.testing.assert_array_equal(y, 0)
    assert np.isfinite(backward(np.ones_like(x))[0]).all()


SQUARES = {np.float32: 1e18, np.float64: 1e153}
"""The square of this is still a number, and that of a hundred times as much is none."""
NORMS = {
    "batch_norm": lambda x: batch_norm(x.T, np.ones(1, x.dtype), np.zeros(1, x.dtype), 1e-5),
    "layer_norm": lambda x: layer_norm(x, np.ones(4, x.dtype), np.zeros(4, x.dtype), 1e-5),
    "rms_norm": lambda x: rms_norm(x, np.ones(4, x.dtype), 1e-5),
}


@each_dtype
@pytest.mark.parametrize("name", NORMS)
def test_normalisations_hold_as_far_as_squares_do(name, dtype):
    x = np.array([[1.0, -1.0, 2.0, -2.0]], dtype=dtype)
    value, backward = NORMS[name](x * dtype(SQUARES[dtype]))
    y = np.ravel(value.y if name == "batch_norm" else value)
    np.testing.assert_allclose(y, x[0] / np.sqrt(2.5), rtol=1e-5)
    dx, *_ = backward(np.ones_like(value.y if name == "batch_norm" else value))
    assert np.isfinite(dx).all()
    with pytest.raises(FloatingPointError, match="overflow"):
        NORMS[name](x * dtype(100 * SQUARES[dtype]))


@each_dtype
@pytest.mark.parametrize("sign", [1, -1])
def test_recurrent_networks_of_extreme_inputs_saturate(sign, dtype):
    """Gates stand at 0 or 1, states at ±1: nothing overflows, and no gradient goes through them."""
    x = np.full((2, 3, 3), sign * HUGE[dtype], dtype=dtype)
    h0 = np.zeros((2, 1), dtype=dtype)
    dh = generator(0, "upstream").normal(size=(2, 3, 1)).astype(dtype)
    for value, backward in (
        lstm(x, h0, h0, *recurrent(x, 4)),
        gru(x, h0, *recurrent(x, 3)),
        rnn(x, h0, *recurrent(x, 1), "tanh"),
    ):
        assert (np.abs(value.h) <= 1).all()
        np.testing.assert_array_equal(backward(dh)[0], 0)


def open_attention(x):
    """Look everywhere, drop nothing."""
    return np.ones((1, 1, 1, 1), bool), np.ones((1, 1, 1, 1), x.dtype)


def recurrent(x, gates):
    """Parameters of a recurrent network with three inputs and one unit, all 1."""
    one = np.ones((gates, 1), dtype=x.dtype)
    return one @ np.ones((1, 3), dtype=x.dtype), one, one[:, 0], one[:, 0]
