"""Clipping by norm and by value: PyTorch's numbers, and norms whose squares leave the range."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.errors import KindError, SettingError
from layerwise.optimizers import clip_by_norm, clip_by_value, norm_of
from layerwise.random import generator


def test_by_hand():
    grad = np.array([3.0, 4.0])
    assert clip_by_norm(grad, 1.0) == 5.0
    np.testing.assert_allclose(grad, [0.6, 0.8], rtol=1e-6)
    assert norm_of(grad) <= 1.0


@pytest.mark.parametrize("max_norm", [5.1, 100.0])
def test_a_short_gradient_keeps_its_bits(max_norm):
    grad = np.array([3.0, 4.0])
    assert clip_by_norm(grad, max_norm) == 5.0
    np.testing.assert_array_equal(grad, [3.0, 4.0])


def test_nothing_is_left_of_it_at_0():
    grad = np.array([3.0, 4.0])
    clip_by_norm(grad, 0.0)
    np.testing.assert_array_equal(grad, [0.0, 0.0])


@pytest.mark.parametrize("grad", [np.zeros(3), np.zeros(0), np.zeros(3, np.float32)])
def test_a_gradient_of_0_stays(grad):
    assert clip_by_norm(grad, 1.0) == 0.0
    assert not grad.any()


@pytest.mark.parametrize(("size", "dtype"), [
    (1e200, np.float64), (1e-200, np.float64), (1e-320, np.float64), (1e300, np.float64),
    (1e30, np.float32), (1e-30, np.float32), (1e38, np.float32), (1.0, np.float32), (1.0, np.float64),
])  # fmt: skip
def test_norms_out_of_the_range_of_squares(size, dtype):
    grad = np.array([3, 0, -4, 12], dtype) * dtype(size / 13)
    exact = float(np.linalg.norm((grad / np.abs(grad).max()).astype(np.float64))) * float(np.abs(grad).max())
    with np.errstate(divide="raise", invalid="raise"):
        assert norm_of(grad) == pytest.approx(exact, rel=1e-6 if dtype == np.float32 else 1e-12, abs=5e-323)


@pytest.mark.parametrize(("size", "dtype"), [(1e200, np.float64), (1e30, np.float32)])
def test_a_huge_gradient_is_cut_to_the_bound(size, dtype):
    grad = np.full(4, size, dtype)
    clip_by_norm(grad, 2.0)
    np.testing.assert_allclose(grad, 1.0, rtol=1e-6)


def test_what_is_not_finite_stays_visible():
    with np.errstate(invalid="ignore"):
        for bad in (np.nan, np.inf):
            norm = clip_by_norm(np.array([1.0, bad]), 1.0)
            assert not np.isfinite(norm)


@pytest.mark.torch
@pytest.mark.parametrize("max_norm", [0.001, 0.5, 1.0, 3.0, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_as_torch_clips(max_norm, dtype):
    torch = pytest.importorskip("torch")
    grad = generator(1, "clip").normal(size=501).astype(dtype)
    weight = torch.zeros(501, dtype=getattr(torch, np.dtype(dtype).name), requires_grad=True)
    weight.grad = torch.from_numpy(grad.copy())
    theirs = float(torch.nn.utils.clip_grad_norm_([weight], max_norm))
    rtol = 1e-6 if dtype == np.float32 else 1e-12
    assert clip_by_norm(grad, max_norm) == pytest.approx(theirs, rel=rtol, abs=0)
    np.testing.assert_allclose(grad, weight.grad.numpy(), rtol=rtol)


def test_by_value_by_hand():
    grad = np.array([3.0, -0.5, 0.0, -4.0, 1.0])
    assert clip_by_value(grad, 1.0) == 4.0
    np.testing.assert_array_equal(grad, [1.0, -0.5, 0.0, -1.0, 1.0])
    assert clip_by_value(grad, 1.0) == 1.0
    np.testing.assert_array_equal(grad, [1.0, -0.5, 0.0, -1.0, 1.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_by_value_stays_in_place_and_type(dtype):
    whole = np.array([5, -5, 0.25, 7], dtype)
    clip_by_value(whole[:3], 0.5)
    np.testing.assert_array_equal(whole, np.array([0.5, -0.5, 0.25, 7], dtype))
    assert whole.dtype == dtype
    assert clip_by_value(np.zeros(0, dtype), 1.0) == 0.0


def test_by_value_what_is_not_a_number_stays_visible():
    grad = np.array([np.nan, np.inf, -3.0])
    assert np.isnan(clip_by_value(grad, 1.0))
    np.testing.assert_array_equal(grad, [np.nan, 1.0, -1.0])


@pytest.mark.torch
@pytest.mark.parametrize("max_value", [0.001, 0.5, 3.0, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_as_torch_clips_by_value(max_value, dtype):
    torch = pytest.importorskip("torch")
    grad = generator(1, "clip").normal(size=501).astype(dtype)
    weight = torch.zeros(501, dtype=getattr(torch, np.dtype(dtype).name), requires_grad=True)
    weight.grad = torch.from_numpy(grad.copy())
    torch.nn.utils.clip_grad_value_([weight], max_value)
    clip_by_value(grad, max_value)
    np.testing.assert_array_equal(grad, weight.grad.numpy())


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
    assert norm == pytest.approx(float(grad[0]) * math.sqrt(2), rel=1e-15, abs=0)


@pytest.mark.parametrize("grad", [[3, 4], np.array([3, 4]), np.array([[3.0], [4.0]]), [[3.0, 0.0], [0.0, 4.0]]])
def test_the_norm_takes_whatever_holds_numbers(grad):
    assert norm_of(grad) == 5


def test_the_squares_of_whole_numbers_do_not_run_over():
    assert norm_of(np.array([3 * 2**40, 4 * 2**40])) == 5 * 2**40
    assert norm_of(np.array([2**32 + 1])) == 2**32 + 1  # whose square leaves 2³³ + 1 in an integer of 64 bits


def test_the_norm_makes_no_copy_of_the_gradient():
    grad = np.ones(250_000, np.float32)
    norm_of(grad)
    tracemalloc.start()
    try:
        norm_of(grad)
        assert tracemalloc.get_traced_memory()[1] < grad.nbytes / 10
    finally:
        tracemalloc.stop()


def test_small_parts_of_a_huge_float32_gradient_count():
    """1 + 2⁻²⁴ is 1 in float32: the sum of the squares is taken in float64."""
    grad = np.array([1, 2.0**-12], np.float32) * np.float32(2.0**100)
    assert norm_of(grad) == pytest.approx(2.0**100 * math.sqrt(1 + 2.0**-24), rel=1e-12, abs=0)


def test_the_norm_of_an_infinite_gradient_is_infinite():
    assert norm_of(np.array([1.0, -np.inf])) == np.inf


def test_the_guard_against_division_by_0_is_torchs():
    grad = np.array([3e-6, 4e-6])
    assert clip_by_norm(grad, 3e-6) == pytest.approx(5e-6, rel=1e-12, abs=0)
    np.testing.assert_allclose(grad, np.array([3e-6, 4e-6]) * 3 / (5 + 1), rtol=1e-12)


READ_ONLY = np.ones(3)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize(("grad", "bound", "error", "words"), [
    (np.ones(3), -1.0, SettingError, "must be 0 or more, got -1.0"), (np.ones(3), math.nan, SettingError, "finite"),
    (np.ones(3), "1", KindError, "must be a number, got '1'"), (np.ones(3), None, KindError, "must be a number"),
    (np.ones(3), True, KindError, "must be a number, got True"), (np.ones(3), -math.inf, SettingError, "finite"),
    (np.ones(3, int), 1.0, KindError, "got an array of int64"), ([1.0, 2.0], 1.0, KindError, "got list"),
    (READ_ONLY, 1.0, KindError, "may be written to"), (None, 1.0, KindError, "got NoneType"),
    (np.ones(3) * 1j, 1.0, KindError, "got an array of complex128"),
])  # fmt: skip
def test_what_can_not_be_clipped(clip, grad, bound, error, words, tally):
    refused(tally, error, words, lambda: clip(grad, bound))


def test_an_infinite_bound_clips_nothing():
    grad = np.array([3.0, 4.0])
    assert clip_by_norm(grad, math.inf) == 5.0
    assert clip_by_value(grad, math.inf) == 4.0
    np.testing.assert_array_equal(grad, [3.0, 4.0])
