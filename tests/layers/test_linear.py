"""Linear: with and without bias, its first values, and batches of more than one axis."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.layers import Pass
from layerwise.random import generator


def numbers(*shape):
    return generator(3, "linear").normal(size=shape)


def test_without_bias_nothing_is_added():
    layer, x = lw.Linear(3, 2, bias=False), numbers(4, 3).astype(np.float32)
    z, backward = layer.forward(x, Pass())
    np.testing.assert_allclose(z, x @ layer.weight.T, rtol=1e-6)
    np.testing.assert_allclose(backward(z), z @ layer.weight, rtol=1e-6)
    assert list(layer.parameters) == ["weight"]
    assert layer.bias is None


def test_the_first_bias_is_torchs_uniform_between_plus_and_minus_1_over_the_root_of_the_features():
    bias = lw.Linear(16, 20_000).bias
    assert np.abs(bias).max() <= 1 / 4
    assert bias.max() > 0.249
    assert bias.min() < -0.249
    assert abs(bias.mean()) < 0.005
    assert bias.std() == pytest.approx(1 / 4 / np.sqrt(3), rel=0.02)


@pytest.mark.parametrize("init", ["he_normal", "xavier_uniform", "zeros"])
def test_with_another_initializer_the_bias_starts_at_0(init):
    np.testing.assert_array_equal(lw.Linear(4, 3, init=init).bias, np.zeros(3))


def test_axes_between_the_batch_and_the_features_are_more_rows():
    layer, x = lw.Linear(3, 2), numbers(4, 5, 3).astype(np.float32)
    z, backward = layer.forward(x, Pass())
    dz = numbers(4, 5, 2).astype(np.float32)
    dx = backward(dz)
    gradients = {name: parameter.grad.copy() for name, parameter in layer.parameters.items()}
    rows, rows_backward = (twin := lw.Linear(3, 2)).forward(x.reshape(20, 3), Pass())
    rows_dx = rows_backward(dz.reshape(20, 2))
    np.testing.assert_array_equal(z, rows.reshape(4, 5, 2))
    np.testing.assert_array_equal(dx, rows_dx.reshape(4, 5, 3))
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, twin.parameters[name].grad)
