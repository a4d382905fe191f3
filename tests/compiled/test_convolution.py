"""The twins of convolution where settings or weights are out of the ordinary."""

from __future__ import annotations

import time

import numpy as np
import pytest

from layerwise import formulas
from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import convolution as twins


def numbers(*shape):
    return generator(7, "twins of convolution", layer=str(shape)).normal(size=shape)


def assert_the_same(x, W, b, *settings):
    z, backward = twins.conv2d(x, W, b, *settings)
    expected, readable = formulas.conv2d(x, W, b, *settings)
    np.testing.assert_allclose(z, expected, rtol=1e-12, atol=1e-13)
    dz = numbers(*z.shape)
    for gradient, right in zip(backward(dz), readable(dz), strict=True):
        np.testing.assert_allclose(gradient, right, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("stride", [(5, 5), (6, 7), (30, 30), (7, 1), (1, 40), (33, 32), (6000, 6000), (1024, 1)])
@pytest.mark.parametrize(("padding", "dilation"), [((0, 0), (1, 1)), ((2, 1), (2, 3))])
def test_a_stride_may_be_longer_than_the_image(stride, padding, dilation):
    x, W, b = numbers(3, 2, 5, 6), numbers(4, 2, 2, 2), numbers(4)
    assert_the_same(x, W, b, stride, padding, dilation)


@pytest.mark.parametrize("stride", [(6000, 6000), (1024, 1), (1, 1024), (10**8, 1)])
def test_a_long_stride_costs_no_time(stride):
    x, W, b = numbers(2, 1, 5, 500), numbers(1, 1, 1, 1), numbers(1)
    twins.conv2d(x, W, b, (2, 2))  # compiled
    begin = time.perf_counter()
    z, backward = twins.conv2d(x, W, b, stride)
    backward(np.ones_like(z))
    assert time.perf_counter() - begin < 1
