"""Pooling: who wins, what lies beyond the edge, and where nothing is lost."""

from __future__ import annotations

import collections
import itertools
import time

import numpy as np
import pytest

from layerwise.formulas import adaptive_avg_pool2d, avg_pool2d, max_pool2d, output_size
from layerwise.formulas.machinery.windows import overhang, sees_only_padding
from layerwise.random import generator


def numbers(*shape):
    return generator(4, "pooling", layer=str(shape)).normal(size=shape)


def test_of_equal_numbers_exactly_one_wins():
    x = np.ones((2, 3, 6, 6))
    y, backward = max_pool2d(x, (3, 2), (3, 2))
    dy = numbers(*y.shape)
    dx = backward(dy)
    assert np.count_nonzero(dx) == dy.size
    np.testing.assert_array_equal(dx[:, :, ::3, ::2], dy)  # the first of each window


@pytest.mark.torch
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 1, 0)])
def test_the_winner_among_equals_is_torchs(kernel, stride, padding):
    torch = pytest.importorskip("torch")
    x = generator(5, "ties").integers(0, 3, size=(3, 2, 7, 6)).astype(float)
    y, backward = max_pool2d(x, (kernel, kernel), (stride, stride), (padding, padding))
    tensor = torch.tensor(x, requires_grad=True)
    theirs = torch.nn.functional.max_pool2d(tensor, kernel, stride, padding)
    dy = numbers(*y.shape)
    theirs.backward(torch.tensor(dy))
    np.testing.assert_array_equal(y, theirs.detach().numpy())
    np.testing.assert_allclose(backward(dy), tensor.grad.numpy(), rtol=1e-12, atol=1e-13)


def test_the_whole_gradient_arrives():
    x = numbers(2, 2, 5, 5)
    for y, backward in (max_pool2d(x, (3, 3), (1, 1), (1, 1)), avg_pool2d(x, (3, 3), (1, 1), (1, 1), False)):
        dy = numbers(*y.shape)
        np.testing.assert_allclose(backward(dy).sum(), dy.sum(), rtol=1e-12)


def test_numbers_below_zero_win_over_the_padding():
    y, _ = max_pool2d(-np.ones((1, 1, 2, 2)), (2, 2), (2, 2), (1, 1))
    np.testing.assert_array_equal(y, -np.ones((1, 1, 2, 2)))


@pytest.mark.parametrize("end", [-np.inf, np.nan])
def test_the_padding_wins_no_gradient(end):
    """Not even where the image is as low as the padding: a number of the image has the gradient, the first one, and
    NaN has NaN."""
    _, backward = max_pool2d(np.full((1, 1, 2, 2), end), (2, 2), (2, 2), (1, 1))
    right = np.full((1, 1, 2, 2), np.nan if np.isnan(end) else 3.0)
    np.testing.assert_array_equal(backward(3 * np.ones((1, 1, 2, 2))), right)


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(60))
def test_windows_that_hang_over_the_edge_are_torchs(seed):
    torch = pytest.importorskip("torch")
    rng = generator(seed, "ceil mode")
    kernel, stride = rng.integers(1, 5, size=2).tolist(), rng.integers(1, 6, size=2).tolist()
    padding = [int(rng.integers(0, k // 2 + 1)) for k in kernel]
    x = rng.normal(size=(2, 2, *rng.integers(1, 12, size=2)))
    if min(output_size(*side, 1, True) for side in zip(x.shape[2:], kernel, stride, padding, strict=True)) < 1:
        pytest.skip("the window does not fit")
    places, F = (kernel, stride, padding), torch.nn.functional
    for ours, theirs in [
        (max_pool2d(x, *places, ceil_mode=True), lambda t: F.max_pool2d(t, *places, ceil_mode=True)),
        (avg_pool2d(x, *places, True, True), lambda t: F.avg_pool2d(t, *places, True, True)),
        (avg_pool2d(x, *places, False, True), lambda t: F.avg_pool2d(t, *places, True, False)),
    ]:
        y, backward = ours
        tensor = torch.tensor(x, requires_grad=True)
        expected = theirs(tensor)
        dy = numbers(*y.shape)
        expected.backward(torch.tensor(dy))
        np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(backward(dy), tensor.grad.numpy(), rtol=1e-12, atol=1e-13)


SETTINGS = list(itertools.product(range(7), range(1, 6), range(1, 5), range(4), range(1, 5)))


def test_the_last_windows_reach_over_the_edge_as_far_as_they_must():
    """One window after the other, until one reaches the end of the padding; none begins in the padding behind."""
    reached = collections.Counter()
    for size, kernel, stride, padding, dilation in SETTINGS:
        end, extent = size + 2 * padding, dilation * (kernel - 1) + 1
        if extent > end or not size or 2 * padding > kernel:  # which no layer lets through
            continue
        places = 1
        while (places - 1) * stride + extent < end and places * stride < size + padding:
            places += 1
        assert output_size(size, kernel, stride, padding, dilation, ceil_mode=True) == places
        beyond = max((places - 1) * stride + extent - end, 0)
        assert overhang((size, 5), (kernel, 1), (stride, 1), (padding, 0), (dilation, 1)) == (beyond, 0)
        assert overhang((5, size), (1, kernel), (1, stride), (0, padding), (1, dilation)) == (0, beyond)
        reached[beyond > 0] += 1
    assert min(reached[True], reached[False]) > 100


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_windows_that_see_only_padding_are_found(ceil_mode):
    seen = collections.Counter()
    for size, kernel, stride, padding, dilation in SETTINGS:
        places = output_size(size, kernel, stride, padding, dilation, ceil_mode)
        if places < 1:
            continue
        begins = np.arange(places)[:, None] * stride - padding
        numbers_seen = begins + np.arange(kernel) * dilation  # (places, kernel)
        blind = bool((((numbers_seen < 0) | (numbers_seen >= size)).all(axis=1)).any())
        assert sees_only_padding(size, kernel, stride, padding, dilation, places) == blind
        seen[blind] += 1
    assert min(seen[True], seen[False]) > 200


def test_means_and_maxima_of_windows_that_hang_over_the_edge():
    x = np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]])
    places = (1, 3), (1, 2), (0, 1)  # at -1, 1, 3 and 5: the last sees 6, one number of padding, and what lies beyond
    np.testing.assert_array_equal(max_pool2d(x, *places, ceil_mode=True)[0], [[[[2, 4, 6, 6]]]])
    np.testing.assert_array_equal(avg_pool2d(x, *places, True, True)[0], [[[[1, 3, 5, 3]]]])
    np.testing.assert_array_equal(avg_pool2d(x, *places, False, True)[0], [[[[1.5, 3, 5, 6]]]])
    five = x[..., :5]
    np.testing.assert_array_equal(avg_pool2d(five, (1, 2), (1, 2), (0, 0), True, True)[0], [[[[1.5, 3.5, 5]]]])
    upright = avg_pool2d(five.transpose(0, 1, 3, 2), (2, 1), (2, 1), (0, 0), True, True)[0]
    np.testing.assert_array_equal(upright, [[[[1.5], [3.5], [5]]]])
    np.testing.assert_array_equal(max_pool2d(x, (1, 3), (1, 3), (0, 0), (1, 2), ceil_mode=True)[0], [[[[5, 6]]]])


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_nan_is_seen_by_the_windows_that_hold_it_and_by_no_other(pool):
    x = numbers(1, 2, 6, 6)
    x[0, 1, 2, 3] = np.nan
    y, _ = pool(x, (2, 2), (2, 2))
    assert np.isnan(y).sum() == 1
    assert np.isnan(y[0, 1, 1, 1])


def test_a_mean_over_the_whole_image():
    x = numbers(3, 4, 5, 7)
    y, _ = adaptive_avg_pool2d(x, (1, 1))
    np.testing.assert_allclose(y[:, :, 0, 0], x.mean(axis=(2, 3)), rtol=1e-12)


def test_adaptive_windows_that_divide_the_image_are_those_of_plain_pooling():
    x = numbers(2, 3, 6, 8)
    np.testing.assert_allclose(adaptive_avg_pool2d(x, (3, 2))[0], avg_pool2d(x, (2, 4), (2, 4))[0], rtol=1e-12)


def test_nan_and_infinity_stay_in_their_part_of_the_image():
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 0, 0], x[0, 0, 3, 3] = np.nan, np.inf
    y, _ = adaptive_avg_pool2d(x, (2, 2))
    np.testing.assert_array_equal(y[0, 0], [[np.nan, 0], [0, np.inf]])


@pytest.mark.parametrize("size", [(3, 4), (7, 2), (2, 9)])
def test_adaptive_windows_that_overlap_see_nan_and_infinity_only_within_themselves(size):
    """Each mean is that of its own window, written out; a product with a matrix of zeros would spread NaN."""
    x = numbers(2, 1, 5, 6)
    x[0, 0, 1, 2], x[1, 0, 4, 5] = np.nan, -np.inf
    y, _ = adaptive_avg_pool2d(x, size)
    for h, w in np.ndindex(*size):
        rows = slice(h * 5 // size[0], -(-(h + 1) * 5 // size[0]))
        columns = slice(w * 6 // size[1], -(-(w + 1) * 6 // size[1]))
        np.testing.assert_allclose(y[:, :, h, w], x[:, :, rows, columns].mean(axis=(2, 3)), rtol=1e-12)


def test_a_large_adaptive_output_takes_a_step_for_each_row_and_column_not_for_each_place():
    begin = time.perf_counter()
    y, backward = adaptive_avg_pool2d(numbers(1, 1, 5, 5), (1000, 1000))
    backward(y)
    assert time.perf_counter() - begin < 2
