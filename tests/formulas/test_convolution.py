"""Convolution: the flip between the two meanings of the word, and the rule of sizes."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.formulas import conv1d, conv2d, linear, output_size, true_convolution2d
from layerwise.random import generator


def numbers(*shape):
    return generator(4, "convolution", layer=str(shape)).normal(size=shape)


def by_the_definition(f, g):
    """(f * g)[m, n] = ΣΣ f[i, j] g[m - i, n - j], term by term; beyond its edges g is 0."""
    total = np.zeros((f.shape[0] + g.shape[0] - 1, f.shape[1] + g.shape[1] - 1))
    for m, n in np.ndindex(total.shape):
        for i, j in np.ndindex(f.shape):
            if 0 <= m - i < g.shape[0] and 0 <= n - j < g.shape[1]:
                total[m, n] += f[i, j] * g[m - i, n - j]
    return total


KERNELS = [((1, 1), (3, 4)), ((3, 3), (5, 5)), ((2, 3), (4, 3)), ((3, 2), (2, 2)), ((1, 4), (2, 6))]


@pytest.mark.parametrize(("kernel", "image"), KERNELS)
def test_true_convolution_is_its_definition(kernel, image):
    f, g = numbers(*kernel), numbers(*image)
    np.testing.assert_allclose(true_convolution2d(f, g)[0], by_the_definition(f, g), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("kernel", "image"), KERNELS)
def test_true_convolution_does_not_care_which_is_the_kernel(kernel, image):
    f, g = numbers(*kernel), numbers(*image)
    np.testing.assert_allclose(true_convolution2d(f, g)[0], true_convolution2d(g, f)[0], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("kernel", "image"), KERNELS)
def test_flipping_the_kernel_turns_one_convolution_into_the_other(kernel, image):
    """Forward and backward: what networks compute with the flipped kernel is the convolution of mathematics."""
    f, g = numbers(*kernel), numbers(*image)
    x, W = g[None, None], f[None, None]
    padding = (kernel[0] - 1, kernel[1] - 1)
    z, backward = conv2d(x, W[:, :, ::-1, ::-1], np.zeros(1), padding=padding)
    true, true_backward = true_convolution2d(f, g)
    np.testing.assert_allclose(z[0, 0], true, rtol=1e-12, atol=1e-13)
    dz = numbers(*true.shape)
    dx, dW, _ = backward(dz[None, None])
    df, dg = true_backward(dz)
    np.testing.assert_allclose(dW[0, 0, ::-1, ::-1], df, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(dx[0, 0], dg, rtol=1e-12, atol=1e-13)
    if min(kernel) > 1:  # and without the flip it is something else
        assert np.abs(conv2d(x, W, np.zeros(1), padding=padding)[0][0, 0] - true).max() > 0.1


def test_a_kernel_of_one_pixel_is_an_affine_map_of_the_channels():
    x, W, b = numbers(2, 3, 4, 5), numbers(6, 3, 1, 1), numbers(6)
    z, _ = conv2d(x, W, b)
    pixels, _ = linear(x.transpose(0, 2, 3, 1).reshape(-1, 3), W[:, :, 0, 0], b)
    np.testing.assert_allclose(z.transpose(0, 2, 3, 1).reshape(-1, 6), pixels, rtol=1e-12)


def test_groups_are_convolutions_side_by_side():
    x, W, b = numbers(2, 6, 5, 4), numbers(4, 3, 3, 2), numbers(4)
    z, _ = conv2d(x, W, b, (1, 1), (1, 0), (1, 1), groups=2)
    halves = [
        conv2d(x[:, 3 * g : 3 * g + 3], W[2 * g : 2 * g + 2], b[2 * g : 2 * g + 2], padding=(1, 0)) for g in (0, 1)
    ]
    np.testing.assert_allclose(z, np.concatenate([half for half, _ in halves], axis=1), rtol=1e-12, atol=1e-13)


def test_moving_the_image_moves_the_output():
    x = np.zeros((1, 1, 9, 9))
    x[0, 0, 3:5, 2:5] = numbers(2, 3)
    W = numbers(2, 1, 3, 3)
    z, _ = conv2d(x, W, np.zeros(2), padding=(1, 1))
    moved, _ = conv2d(np.roll(x, (2, 3), axis=(2, 3)), W, np.zeros(2), padding=(1, 1))
    np.testing.assert_allclose(moved, np.roll(z, (2, 3), axis=(2, 3)), atol=1e-13)


@pytest.mark.parametrize("formula", [conv1d, conv2d])
def test_the_gradient_at_the_input_can_be_left_out(formula):
    sides = (5,) if formula is conv1d else (5, 4)
    z, backward = formula(numbers(2, 2, *sides), numbers(3, 2, *(2 for _ in sides)), numbers(3))
    dz = numbers(*z.shape)
    _, dW, db = backward(dz)
    none, same_dW, same_db = backward(dz, input_gradient=False)
    assert none is None
    assert (same_dW.tobytes(), same_db.tobytes()) == (dW.tobytes(), db.tobytes())


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("kernel", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_rule_of_sizes_counts_the_places(size, kernel, stride):
    for padding in (0, 1, 2):
        for dilation in (1, 2):
            last = size + 2 * padding - dilation * (kernel - 1) - 1  # the last place where a window may begin
            places = sum(1 for begin in range(0, last + 1, stride))
            assert max(output_size(size, kernel, stride, padding, dilation), 0) == places


def test_the_rule_of_sizes_is_the_textbooks():
    """(input + 2 padding - kernel) / stride + 1, where that is a whole number."""
    assert output_size(32, kernel=5) == 28
    assert output_size(227, kernel=11, stride=4) == 55
    assert output_size(28, kernel=3, padding=1) == 28
    assert output_size(224, kernel=7, stride=2, padding=3) == 112  # 112.5 without the floor
