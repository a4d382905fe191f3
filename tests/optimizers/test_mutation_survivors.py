"""Promises of the optimizers that only a mutant showed to be unproved."""

from __future__ import annotations

import math

import numpy as np
import pytest

import layerwise as lw
from layerwise.optimizers import clip_by_norm, norm_of


def test_a_loaded_state_is_a_copy():
    """Steps after loading leave the dictionary as it was, so that one checkpoint can start two runs."""
    first, theta = lw.Adam(), np.ones(3)
    first.step(theta, np.array([1.0, -2.0, 3.0]))
    state = first.state_dict()
    kept = {name: np.copy(value) for name, value in state.items()}
    second = lw.Adam()
    second.load_state_dict(state)
    second.step(theta, np.ones(3))
    for name, value in kept.items():
        np.testing.assert_array_equal(state[name], value)


def test_the_count_of_steps_is_a_plain_integer():
    """A file gives it back as an array, which a learner would then see in `optimizer.t`."""
    optimizer = lw.GradientDescent()
    optimizer.load_state_dict({"t": np.array(3, dtype=np.int32)})
    assert type(optimizer.t) is int
    assert optimizer.t == 3


def test_without_momentum_dampening_does_nothing():
    theta, optimizer = np.zeros(1), lw.SGD(lr=1.0, dampening=0.5)
    for step in (1, 2, 3):
        optimizer.step(theta, np.ones(1))
        assert theta[0] == -step


@pytest.mark.parametrize(("size", "dtype"), [
    (1e-200, np.float64), (1e-161, np.float64), (1e-320, np.float64), (1e200, np.float64),
    (1e-30, np.float32), (1e-22, np.float32), (1e30, np.float32), (1.0, np.float32),
])  # fmt: skip
@pytest.mark.parametrize("shape", [[3, 0, -4, 12], [-3, 0, -4, -12]])
def test_the_norm_is_right_relative_to_its_size(shape, size, dtype):
    """Also where the squares are 0, denormal or infinite, and where no element is positive."""
    grad = np.array(shape, dtype) * dtype(size)
    exact = float(np.abs(grad).max()) * 13 / 12
    assert abs(norm_of(grad) - exact) <= exact * (1e-6 if dtype == np.float32 else 1e-12) + (size < 1e-310) * 5e-323


@pytest.mark.parametrize("grad", [
    np.array([1, 1], np.float32), np.array([2.0**100, 2.0**100], np.float32), np.zeros(2, np.float32),
    np.array([1e200, 1e200]),
])  # fmt: skip
def test_a_norm_is_a_plain_number_in_double_precision(grad):
    norm = norm_of(grad)
    assert type(norm) is float
    assert norm == pytest.approx(float(grad[0]) * math.sqrt(2), rel=1e-15)


def test_small_parts_of_a_huge_float32_gradient_count():
    """1 + 2⁻²⁴ is 1 in float32: the sum of the squares is taken in float64."""
    grad = np.array([1, 2.0**-12], np.float32) * np.float32(2.0**100)
    assert norm_of(grad) == pytest.approx(2.0**100 * math.sqrt(1 + 2.0**-24), rel=1e-12)


def test_the_norm_of_an_infinite_gradient_is_infinite():
    assert norm_of(np.array([1.0, -np.inf])) == np.inf


def test_the_guard_against_division_by_0_is_torchs():
    grad = np.array([3e-6, 4e-6])
    assert clip_by_norm(grad, 3e-6) == pytest.approx(5e-6, rel=1e-12)
    np.testing.assert_allclose(grad, np.array([3e-6, 4e-6]) * 3 / (5 + 1), rtol=1e-12)
