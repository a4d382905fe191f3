"""Initializers: their variance and mean at a million numbers, their bounds, and PyTorch's formulas (promise P4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests import torch_initializers
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.initializers import INITIALIZERS, fans, initializer
from layerwise.random import generator

SHAPES = [(1000, 1001), (200, 5100), (4000, 251), (64, 32, 23, 23)]
VARIANCE = {
    "xavier_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "xavier_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "torch_uniform": lambda fan_in, fan_out: 1 / (3 * fan_in),
    "orthogonal": lambda fan_in, fan_out: 1 / max(fan_in, fan_out),  # as a matrix of K rows and fan_in columns
    "normal": lambda fan_in, fan_out: 0.01**2,
    "constant": lambda fan_in, fan_out: 0,
    "zeros": lambda fan_in, fan_out: 0,
}
RANDOM = [name for name in VARIANCE if name not in ("zeros", "constant")]


def as_init(name):
    return {"name": "constant", "value": 0.5} if name == "constant" else name


def draw(init, shape, seed=0):
    name = init if isinstance(init, str) else init["name"]
    return initializer(as_init(init))(shape, generator(seed, "init", layer=name))


def test_every_initializer_has_a_row():
    assert set(VARIANCE) == set(INITIALIZERS)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", RANDOM)
def test_variance_and_mean(name, shape):
    weights = draw(name, shape)
    fan_in, fan_out = fans(shape)
    expected = VARIANCE[name](fan_in, shape[0] if name == "orthogonal" else fan_out)
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


def test_constant():
    weights = draw({"name": "constant", "value": -2}, (3, 4))
    assert weights.shape == (3, 4)
    assert weights.dtype == np.float64
    np.testing.assert_array_equal(weights, -2.0)


def test_normal_with_settings():
    weights = draw({"name": "normal", "mean": 3, "std": 0.5}, (1000, 1000))
    assert weights.mean() == pytest.approx(3, abs=4 * 0.5 / 1000)
    assert weights.std() == pytest.approx(0.5, rel=0.01)


def test_normal_fades_in_a_deep_network_and_he_does_not():
    """The baseline of the textbooks: after ten layers of 100 ReLU units the signal is gone."""
    x, sizes = generator(0, "x").normal(size=(50, 100)), {}
    for init in ("normal", "he_normal"):
        layers = [layer for _ in range(10) for layer in (lw.Linear(100, 100, init=init), lw.ReLU())]
        sizes[init] = lw.Network(*layers, dtype="float64")(x).std()
    assert sizes["normal"] < 1e-9
    assert 0.1 < sizes["he_normal"] < 10


# --- orthogonal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 5), (3, 8), (8, 3), (1, 4), (4, 1), (1, 1), (6, 2, 3), (4, 3, 5, 5)], ids=str)
@pytest.mark.parametrize("gain", [1.0, 2.5])
def test_rows_or_columns_are_orthogonal(shape, gain):
    weights = draw({"name": "orthogonal", "gain": gain}, shape)
    assert weights.shape == shape
    Q = weights.reshape(shape[0], -1) / gain
    gram = Q @ Q.T if Q.shape[0] <= Q.shape[1] else Q.T @ Q
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-13)


def test_lengths_are_kept():
    x = generator(0, "x").normal(size=(10, 40))
    net = lw.Network(*(lw.Linear(40, 40, init="orthogonal") for _ in range(30)), dtype="float64")
    np.testing.assert_allclose(np.linalg.norm(net(x), axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)


@pytest.mark.parametrize("shape", [(3, 3), (2, 3), (3, 2)])
def test_every_rotation_is_equally_likely(shape):
    """The moments of the uniform (Haar) distribution: every element has mean 0, variance 1/3 and fourth moment 1/5, and
    for square matrices the trace has mean 0 and variance 1, half of them with determinant 1. Q as LAPACK returns it
    fails the first: its diagonal leans to one side."""
    rng, n = generator(0, "haar"), 4000
    draws = np.array([INITIALIZERS["orthogonal"](shape, rng) for _ in range(n)])
    assert np.abs(draws.mean(axis=0)).max() < 4 * math.sqrt(1 / 3 / n)
    np.testing.assert_allclose((draws**2).mean(axis=0), 1 / 3, atol=4 * math.sqrt((1 / 5 - 1 / 9) / n))
    np.testing.assert_allclose((draws**4).mean(axis=0), 1 / 5, atol=4 * math.sqrt((1 / 9 - 1 / 25) / n))
    if shape == (3, 3):
        traces = draws.trace(axis1=1, axis2=2)
        assert abs(traces.mean()) < 4 / math.sqrt(n)
        assert traces.var() == pytest.approx(1, abs=4 * math.sqrt(2 / n))
        assert np.mean(np.linalg.det(draws) > 0) == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(n))


# -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_same_generator_gives_the_same_weights(name):
    assert draw(name, (5, 4)).tobytes() == draw(name, (5, 4)).tobytes()
    assert name not in RANDOM or draw(name, (5, 4)).tobytes() != draw(name, (5, 4), seed=1).tobytes()


@pytest.mark.parametrize(("shape", "expected"), [
    ((128, 784), (784, 128)), ((1, 1), (1, 1)), ((16, 3, 5, 5), (75, 400)), ((8, 4, 3), (12, 24)),
])  # fmt: skip
def test_fans(shape, expected):
    assert fans(shape) == expected


OF_WEIGHTS = ["xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "torch_uniform", "orthogonal"]


@pytest.mark.parametrize("name", OF_WEIGHTS)
@pytest.mark.parametrize(("shape", "error", "words"), [
    ((1,), ShapeError, ("two axes or more, got (1,)", "fill a vector by normal, constant or zeros")),
    ((), ShapeError, "two axes or more, got ()"),
    ((5,), ShapeError, "two axes or more, got (5,)"),
    ((0, 3), SettingError, "shape[0] must be at least 1, got 0"),
    ((3, 0), SettingError, "shape[1] must be at least 1, got 0"),
    ((2, 3, 0), SettingError, "shape[2] must be at least 1, got 0"),
    ((-1, 2), SettingError, "shape[0] must be at least 1, got -1"),
    ((2.5, 3), KindError, "shape[0] must be a whole number, got 2.5"),
    ((True, 2), KindError, "shape[0] must be a whole number, got True"),
    ((3, "a"), KindError, "shape[1] must be a whole number, got 'a'"),
    (5, KindError, "shape must be a tuple of whole numbers, such as (128, 784); got 5"),
    (None, KindError, "shape must be a tuple of whole numbers"),
    ("ab", KindError, "shape must be a tuple of whole numbers"),
])  # fmt: skip
def test_what_is_no_weight_has_no_fans(name, shape, error, words, tally):
    refused(tally, error, words, lambda: draw(name, shape))


@pytest.mark.parametrize("name", ["normal", "constant", "zeros"])
@pytest.mark.parametrize(("shape", "error", "words"), [
    ((-1,), SettingError, "shape[0] must be at least 0, got -1"),
    ((2, 2.5), KindError, "shape[1] must be a whole number, got 2.5"),
    (("a",), KindError, "shape[0] must be a whole number, got 'a'"),
    (None, KindError, "shape must be a tuple of whole numbers"),
    (3, KindError, "shape must be a tuple of whole numbers"),
])  # fmt: skip
def test_what_is_no_shape_is_refused(name, shape, error, words, tally):
    refused(tally, error, words, lambda: draw(name, shape))


@pytest.mark.parametrize("name", ["normal", "constant", "zeros"])
@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 0), (np.int64(2), 3), [4, 1]], ids=str)
def test_vectors_and_arrays_of_nothing_can_be_filled(name, shape):
    assert draw(name, shape).shape == tuple(shape)


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(), (1,), (5,)], ids=str)
@pytest.mark.parametrize(
    "name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_"]
)
def test_torch_refuses_vectors_too(name, shape):
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match=r"2 (dimensions|or more dimensions)"):
        getattr(torch.nn.init, name)(torch.empty(shape))


def test_every_initializer_has_a_twin():
    assert set(torch_initializers.TWINS) == set(INITIALIZERS)


@pytest.mark.torch
@pytest.mark.parametrize("shape", torch_initializers.SHAPES, ids=str)
@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_weights_are_torchs_from_the_same_random_numbers(name, shape):
    torch = pytest.importorskip("torch")
    ours, theirs = torch_initializers.both_sides(torch, name, shape)
    assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert ours.shape == theirs.shape == shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)
    assert name == "zeros" or ours.any()


@pytest.mark.parametrize("init", RANDOM)
def test_a_layer_draws_what_it_names(init):
    layer = lw.Network(lw.Linear(500, 300, init=init))[0]
    assert layer.weight.var() == pytest.approx(VARIANCE[init](500, 300), rel=0.02)
    assert layer.init == init
    bound = 1 / math.sqrt(500)
    if init == "torch_uniform":
        assert 0.9 * bound < np.abs(layer.bias).max() <= bound
    else:
        assert not layer.bias.any()


@pytest.mark.parametrize(("name", "error", "words"), [
    ("he_norml", SettingError, "Did you mean 'he_normal'?"),
    ("HE_NORMAL", SettingError, "Did you mean 'he_normal'?"),
    ("kaiming", SettingError, "Known: constant, he_normal"),
    (3, KindError, "init must be one of"),
    (None, KindError, "got None"),
    (["normal"], KindError, "or a table such as {'name': 'normal', 'std': 0.1}; got ['normal']"),
    ({}, KindError, "got {}"),
    ({"std": 0.1}, KindError, "got {'std': 0.1}"),
    ({"name": 3}, KindError, "init must be one of"),
    ({"name": "norml", "std": 0.1}, SettingError, "Did you mean 'normal'?"),
    ({"name": "normal", "sdt": 0.1}, SettingError, "'normal' has no setting 'sdt'. Did you mean 'std'?"),
    ({"name": "zeros", "value": 0}, SettingError, "'zeros' has no setting 'value'. It has none."),
    ("constant", SettingError, "'constant' needs its value: write {'name': 'constant', 'value': 0.1}"),
    ({"name": "constant"}, SettingError, "'constant' needs its value"),
])  # fmt: skip
def test_unknown_names(name, error, words, tally):
    refused(tally, error, ("init", words), lambda: initializer(name))
    refused(tally, error, ("init", words), lambda: lw.Linear(2, 3, init=name))


@pytest.mark.parametrize(("init", "error", "words"), [
    ({"name": "normal", "std": -1}, SettingError, "std must be 0 or more, got -1.0"),
    ({"name": "normal", "std": "0.1"}, KindError, "std must be a number, got '0.1' (str)"),
    ({"name": "normal", "mean": math.inf}, SettingError, "mean must be a finite number"),
    ({"name": "orthogonal", "gain": math.nan}, SettingError, "gain must be a finite number"),
    ({"name": "constant", "value": None}, KindError, "value must be a number"),
])  # fmt: skip
def test_settings_that_do_not_fit(init, error, words, tally):
    refused(tally, error, words, lambda: initializer(init))
    refused(tally, error, words, lambda: lw.Linear(2, 3, init=init))


def test_a_layer_keeps_the_table():
    table = {"name": "normal", "std": 0.25}
    net = lw.Network(lw.Linear(300, 300, init=table), seed=3)
    table["std"] = 99.0  # the layer has a copy
    assert net[0].weight.std() == pytest.approx(0.25, rel=0.02)
    assert not net[0].bias.any()
    assert repr(net[0]) == "Linear(300, 300, init={'name': 'normal', 'std': 0.25})"
    again = lw.Network.from_spec(net.spec())
    assert again.theta.tobytes() == net.theta.tobytes()
    assert again.spec() == net.spec()


def test_a_table_with_a_name_alone_is_the_name():
    named, tabled = (lw.Network(lw.Linear(5, 4, init=init)) for init in ("torch_uniform", {"name": "torch_uniform"}))
    assert named.theta.tobytes() == tabled.theta.tobytes()
    assert named.spec() == tabled.spec()


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (20, 20)])
def test_orthogonal_is_the_q_whose_r_has_a_positive_diagonal(shape):
    """QᵀN is R: upper triangular, its diagonal above 0. There is only one such Q, and torch takes it too."""
    normals = generator(0, "q").normal(size=(max(shape), min(shape)))

    class Fixed:
        def normal(self, size):
            assert size == normals.shape
            return normals

    weights = INITIALIZERS["orthogonal"](shape, Fixed())
    R = (weights if shape[0] >= shape[1] else weights.T).T @ normals
    np.testing.assert_allclose(R, np.triu(R), atol=1e-12)
    assert (np.diag(R) > 0).all()
