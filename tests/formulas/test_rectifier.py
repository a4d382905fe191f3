"""Rectifiers: exact limits at extreme numbers, known values, and SciPy only where it is asked for."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from layerwise.formulas import elu, gelu, gelu_tanh, leaky_relu, relu, silu, softplus

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
HUGE = {np.float32: 1e30, np.float64: 1e300}
TINY = {np.float32: 1e-45, np.float64: 5e-324}  # the smallest denormal numbers

# formula → its value and slope far on the left, as functions of x; far on the right all of them are x and 1
FAR_LEFT = {
    "leaky_relu": (lambda x: leaky_relu(x, 0.5), lambda x: 0.5 * x, 0.5),
    "elu": (lambda x: elu(x, 1.5), lambda x: -1.5 + 0 * x, 0),
    "softplus": (lambda x: softplus(x, 2.0), lambda x: 0 * x, 0),
    "silu": (silu, lambda x: 0 * x, 0),
    "gelu": (gelu, lambda x: 0 * x, 0),
    "gelu_tanh": (gelu_tanh, lambda x: 0 * x, 0),
}
each_rectifier = pytest.mark.parametrize(("formula", "left", "slope"), FAR_LEFT.values(), ids=FAR_LEFT)


@pytest.fixture(autouse=True)
def _strict():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


@each_dtype
@each_rectifier
def test_the_limits_are_exact(formula, left, slope, dtype):
    right = np.array([1e4, 1e30, HUGE[dtype]], dtype=dtype)
    y, backward = formula(right)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, right)
    np.testing.assert_array_equal(backward(np.ones_like(right)), 1)
    y, backward = formula(-right)
    np.testing.assert_array_equal(y, left(-right))
    np.testing.assert_array_equal(backward(np.ones_like(right)), slope)


@each_dtype
@each_rectifier
def test_denormal_numbers_go_through(formula, left, slope, dtype):
    x = np.array([TINY[dtype], -TINY[dtype], 0.0, -0.0], dtype=dtype)
    y, backward = formula(x)
    assert np.isfinite(y).all()
    assert np.isfinite(backward(np.ones_like(x))).all()


@each_dtype
@each_rectifier
def test_nan_stays_in_its_place(formula, left, slope, dtype):
    y, _ = formula(np.array([1.0, np.nan, -1.0], dtype=dtype))
    np.testing.assert_array_equal(np.isnan(y), [False, True, False])


@each_dtype
def test_all_of_them_nearly_agree_with_relu_far_from_0(dtype):
    x = np.array([-30.0, 30.0], dtype=dtype)
    for formula in (lambda x: softplus(x, 1.0), silu, gelu, gelu_tanh, lambda x: leaky_relu(x, 0.0)):
        np.testing.assert_allclose(formula(x)[0], relu(x)[0], atol=1e-6)


def test_known_values():
    one = np.array([1.0])
    phi = math.exp(-0.5) / math.sqrt(2 * math.pi)
    Phi = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
    for formula, value, slope in (
        (gelu, Phi, Phi + phi),
        (silu, 1 / (1 + math.exp(-1)), 0.9276705118714869),
        (lambda x: softplus(x, 2.0), math.log(1 + math.exp(2)) / 2, 1 / (1 + math.exp(-2))),
        (lambda x: elu(-x, 2.0), 2 * (math.exp(-1) - 1), 2 * math.exp(-1)),
        (lambda x: leaky_relu(-x, 0.1), -0.1, 0.1),
    ):
        y, backward = formula(one)
        np.testing.assert_allclose(y, value, rtol=1e-15)
        np.testing.assert_allclose(backward(one), slope, rtol=1e-14)


def test_gelu_keeps_its_digits_far_on_the_left():
    """erf(x/√2) + 1 would be 0 below -8.3; the asymptotic series of Φ gives what is there."""
    x = np.array([-12.0, -20.0, -30.0])
    series = np.exp(-x * x / 2) / (np.sqrt(2 * np.pi) * -x) * (1 - x**-2 + 3 * x**-4 - 15 * x**-6 + 105 * x**-8)
    y, backward = gelu(x)
    np.testing.assert_allclose(y / x, series, rtol=1e-6)
    assert (backward(np.ones(3)) < 0).all()


@each_dtype
def test_gelu_tanh_takes_the_largest_numbers(dtype):
    """x³, and even 0.044715 · 10² · x, would overflow here."""
    most = np.finfo(dtype).max
    y, backward = gelu_tanh(np.array([-most, most]))
    np.testing.assert_array_equal(y, [0, most])
    np.testing.assert_array_equal(backward(np.ones(2, dtype)), [0, 1])


def test_the_side_is_that_of_x_also_where_a_negative_setting_turns_y_round():
    x = np.array([-2.0, 3.0])
    for formula, value, slope in (
        (leaky_relu, 2.0, -1.0),  # the absolute value
        (elu, 1 - math.exp(-2), -math.exp(-2)),
    ):
        y, backward = formula(x, -1.0)
        np.testing.assert_allclose(y, [value, 3], rtol=1e-15)
        np.testing.assert_allclose(backward(np.ones(2)), [slope, 1], rtol=1e-15)


def test_elu_and_softplus_keep_their_digits_near_their_small_values():
    np.testing.assert_array_equal(elu(np.array([-1e-20]), 1.0)[0], [-1e-20])
    np.testing.assert_allclose(softplus(np.array([-50.0]), 1.0)[0], np.exp(-50.0), rtol=1e-14)


def test_the_two_gelus_differ_by_less_than_documented():
    x = np.linspace(-10, 10, 20_001)
    assert 4e-4 < np.abs(gelu(x)[0] - gelu_tanh(x)[0]).max() < 5e-4


def test_softplus_differs_from_torchs_threshold_by_no_more_than_documented():
    for beta in (0.5, 1.0, 4.0):
        x = np.linspace(20 / beta, 60 / beta, 1001)
        assert 2e-9 / beta < np.abs(softplus(x, beta)[0] - x).max() < 2.1e-9 / beta


def test_how_they_belong_together():
    x = np.linspace(-6, 6, 101)
    np.testing.assert_array_equal(leaky_relu(x, 0.0)[0], relu(x)[0])
    np.testing.assert_array_equal(leaky_relu(x, 1.0)[0], x)
    np.testing.assert_array_equal(elu(x, 0.0)[0], relu(x)[0])
    np.testing.assert_allclose(softplus(x, 1.0)[0] - softplus(-x, 1.0)[0], x, rtol=1e-13, atol=1e-15)
    for gated in (silu, gelu, gelu_tanh):  # y = x f(x), where f(x) and f(-x) add up to 1
        np.testing.assert_allclose(gated(x)[0] - gated(-x)[0], x, rtol=1e-13, atol=1e-15)


def test_scipy_is_loaded_by_the_exact_gelu_and_by_nothing_else():
    code = """
import sys
import numpy as np
import layerwise.formulas as f
x = np.ones(3)
f.gelu_tanh(x), f.silu(x), f.softplus(x, 1.0), f.elu(x, 1.0), f.leaky_relu(x, 0.01)
import layerwise.layers, layerwise.losses
layerwise.layers.GELU()
print("scipy" in sys.modules)
f.gelu(x)
print("scipy" in sys.modules)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "True"]
