"""Initializers: their variance and mean at a million numbers, their bounds, and PyTorch's formulas (promise P4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.initializers import INITIALIZERS, fans, initializer
from layerwise.random import generator

SHAPES = [(1000, 1001), (200, 5100), (4000, 251), (64, 32, 23, 23)]
VARIANCE = {
    "xavier_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "xavier_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "torch_uniform": lambda fan_in, fan_out: 1 / (3 * fan_in),
    "zeros": lambda fan_in, fan_out: 0,
}
RANDOM = [name for name in VARIANCE if name != "zeros"]


def draw(name, shape, seed=0):
    return INITIALIZERS[name](shape, generator(seed, "init", layer=name))


def test_every_initializer_has_a_row():
    assert set(VARIANCE) == set(INITIALIZERS)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", RANDOM)
def test_variance_and_mean(name, shape):
    weights = draw(name, shape)
    expected = VARIANCE[name](*fans(shape))
    assert weights.shape == shape
    assert weights.size >= 1e6
    assert weights.var() == pytest.approx(expected, rel=0.02)
    assert abs(weights.mean()) <= 4 * math.sqrt(expected / weights.size)
    if name.endswith("uniform"):
        bound = math.sqrt(3 * expected)
        assert 0.999 * bound < np.abs(weights).max() <= bound
    else:  # a normal has 0.27 % beyond 3 sigma
        assert np.mean(np.abs(weights) > 3 * math.sqrt(expected)) == pytest.approx(0.0027, rel=0.1)


def test_zeros():
    assert not draw("zeros", (3, 4)).any()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_same_generator_gives_the_same_weights(name):
    assert draw(name, (5, 4)).tobytes() == draw(name, (5, 4)).tobytes()
    assert name == "zeros" or draw(name, (5, 4)).tobytes() != draw(name, (5, 4), seed=1).tobytes()


@pytest.mark.parametrize(("shape", "expected"), [
    ((128, 784), (784, 128)), ((1, 1), (1, 1)), ((16, 3, 5, 5), (75, 400)), ((8, 4, 3), (12, 24)),
])  # fmt: skip
def test_fans(shape, expected):
    assert fans(shape) == expected


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(30, 20), (16, 3, 5, 5)])
def test_fans_and_gains_are_torchs(shape):
    torch = pytest.importorskip("torch")
    assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    theirs = {
        "xavier_uniform": torch.nn.init.xavier_uniform_,
        "he_uniform": lambda t: torch.nn.init.kaiming_uniform_(t, nonlinearity="relu"),
        "torch_uniform": lambda t: torch.nn.init.kaiming_uniform_(t, a=math.sqrt(5)),
    }
    for name, init in theirs.items():
        bound = math.sqrt(3 * VARIANCE[name](*fans(shape)))
        assert float(
            init(torch.empty(400, *shape[1:]) if name != "xavier_uniform" else torch.empty(shape)).abs().max()
        ) <= bound * (1 + 1e-6)


@pytest.mark.parametrize("init", RANDOM)
def test_a_layer_draws_what_it_names(init):
    layer = lw.Network(lw.Linear(500, 300, init=init))[0]
    assert layer.weight.var() == pytest.approx(VARIANCE[init](500, 300), rel=0.02)
    bound = 1 / math.sqrt(500)
    if init == "torch_uniform":
        assert 0.9 * bound < np.abs(layer.bias).max() <= bound
    else:
        assert not layer.bias.any()


@pytest.mark.parametrize(("name", "error", "words"), [
    ("he_norml", SettingError, "Did you mean 'he_normal'?"),
    ("HE_NORMAL", SettingError, "Did you mean 'he_normal'?"),
    ("kaiming", SettingError, "Known: he_normal"),
    (3, KindError, "init must be one of"),
    (None, KindError, "got None"),
])  # fmt: skip
def test_unknown_names(name, error, words, tally):
    refused(tally, error, ("init", words), lambda: initializer(name))
    refused(tally, error, ("init", words), lambda: lw.Linear(2, 3, init=name))
