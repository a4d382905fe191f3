"""The twins of convolution where settings or weights are out of the ordinary."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.clock import at_most

import layerwise as lw
from layerwise import formulas
from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import convolution as twins


def numbers(*shape):
    return generator(7, "twins of convolution", layer=str(shape)).normal(size=shape)


def assert_the_same(x, W, b, *settings):
    name = "conv2d" if x.ndim == 4 else "conv1d"
    z, backward = getattr(twins, name)(x, W, b, *settings)
    expected, readable = getattr(formulas, name)(x, W, b, *settings)
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
    with at_most(seconds=1):
        z, backward = twins.conv2d(x, W, b, stride)
        backward(np.ones_like(z))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (3, 1), (2, -1)])
def test_a_weight_that_is_no_number_spoils_only_what_it_touches(number, place):
    """dz has zeros between its rows in the loops, and 0 * NaN is NaN."""
    with np.errstate(invalid="ignore"):
        for sides, settings in [((5, 6), ((2, 1), (0, 1), (1, 2), 2)), ((4, 4), ()), ((7,), (3, 0, 1)), ((4,), (1, 2))]:
            groups = settings[3] if len(settings) > 3 else 1
            W = numbers(4, 4 // groups, *(2 for _ in sides))
            W.reshape(*W.shape[:2], -1)[place[0], :, place[1]] = number
            assert_the_same(numbers(2, 4, *sides), W, numbers(4), *settings)


@pytest.mark.parametrize("name", ["x", "W", "b"])
def test_a_fused_block_agrees_with_its_layers_on_nan(name):
    block = [lw.Conv2d(2, 3, 2, stride=2), lw.ReLU(), lw.MaxPool2d(2)]
    x, dx = numbers(2, 2, 9, 9).astype(np.float32), []
    net = lw.Network(*block, seed=3)
    target = {"x": x, "W": block[0].weight, "b": block[0].bias}[name]
    target[(0,) * target.ndim] = np.nan
    try:
        for compiled in (True, False):
            lw.use_compiled(compiled)
            y, backward = net.forward(x, training=True)
            dx.append(backward(np.ones_like(y)))
    finally:
        lw.use_compiled(True)
    np.testing.assert_allclose(*dx, rtol=1e-5, atol=1e-6)
