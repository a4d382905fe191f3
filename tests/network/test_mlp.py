"""`mlp`: the layers it makes, in order, with their settings, and the calls it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.layers import LAYERS
from layerwise.layers.activation import Activation, RowActivation

ELEMENTWISE = [
    name
    for name, cls in LAYERS.items()
    if cls.__module__.startswith("layerwise.") and issubclass(cls, Activation) and not issubclass(cls, RowActivation)
]


def test_the_network_of_the_docs():
    net = lw.mlp(784, 128, 64, 10, activation="relu")
    kinds = [type(layer) for layer in net]
    assert kinds == [lw.Linear, lw.ReLU, lw.Linear, lw.ReLU, lw.Linear]
    assert [net[n].weight.shape for n in (0, 2, 4)] == [(128, 784), (64, 128), (10, 64)]
    assert net.theta.dtype == np.float32
    assert net(np.zeros((3, 784))).shape == (3, 10)


def test_it_is_the_network_that_one_would_write():
    hand = lw.Network(
        lw.Linear(5, 7, bias=False, init="xavier_normal"),
        lw.BatchNorm1d(7),
        lw.Tanh(),
        lw.Dropout(0.25),
        lw.Linear(7, 2),
        seed=3,
        dtype="float64",
    )
    net = lw.mlp(5, 7, 2, activation="tanh", dropout=0.25, batch_norm=True, seed=3, dtype="float64")
    assert repr(net) == repr(hand)
    assert net.theta.tobytes() == hand.theta.tobytes()
    assert net.spec() == hand.spec()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_activation_by_its_name_in_any_spelling(name):
    for spelling in (name, name.lower(), name.upper()):
        assert type(lw.mlp(2, 3, 1, activation=spelling)[1]) is LAYERS[name]


def test_names_of_formulas_are_names_too():
    assert repr(lw.mlp(2, 3, 1, activation="leaky_relu")[1]) == "LeakyReLU()"


def test_settings_of_an_activation_come_in_a_table():
    table = {"name": "leaky_relu", "negative_slope": 0.2}
    net = lw.mlp(2, 3, 3, 1, activation=table)
    assert repr(net[1]) == repr(net[3]) == "LeakyReLU(negative_slope=0.2)"
    assert net[1] is not net[3]
    assert table["name"] == "leaky_relu"


@pytest.mark.parametrize(("activation", "variance"), [
    ("relu", 2 / 400), ("gelu", 2 / 400), ("tanh", 2 / 700), ("sigmoid", 2 / 700), ("identity", 2 / 700),
])  # fmt: skip
def test_first_weights_keep_signals_level(activation, variance):
    net = lw.mlp(400, 300, 500, activation=activation)
    assert net[0].weight.var() == pytest.approx(variance, rel=0.02)
    assert not net[0].bias.any()
    assert 0 < np.abs(net[2].weight).max() <= 1 / math.sqrt(300)  # the last layer: torch's default
    assert np.abs(net[2].bias).max() > 0


def test_an_initializer_of_ones_own():
    net = lw.mlp(2, 3, 3, 1, init={"name": "constant", "value": 0.5})
    assert (net[0].weight == 0.5).all()
    assert (net[2].weight == 0.5).all()
    assert not (net[4].weight == 0.5).any()


def test_two_sizes_are_a_linear_map():
    assert [repr(layer) for layer in lw.mlp(4, 3, dropout=0.5, batch_norm=True)] == ["Linear(4, 3)"]


def test_it_learns():
    x, y = lw.data.load("moons", seed=1).train
    net = lw.mlp(2, 32, 32, 2, seed=1)
    lw.fit(net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(0.01), epochs=60, progress=False)
    assert (net(x).argmax(axis=1) == y).mean() > 0.98


@pytest.mark.parametrize(("arguments", "settings", "error", "words"), [
    ((), {}, SettingError, ("at least two sizes", "got mlp()")),
    ((5,), {}, SettingError, ("such as mlp(2, 16, 1)", "got mlp(5)")),
    (([784, 128, 10],), {}, KindError, ("got [784, 128, 10]", "write mlp(*sizes)")),
    ((2, 0, 1), {}, SettingError, "size 1 of mlp must be at least 1, got 0"),
    ((2, 3, -1), {}, SettingError, "size 2 of mlp"),
    ((2.0, 3, 1), {}, KindError, "size 0 of mlp must be a whole number, got 2.0 (float)"),
    ((2, True, 1), {}, KindError, "size 1 of mlp"),
    ((2, "3", 1), {}, KindError, "size 1 of mlp"),
    ((2, 3, 1), {"activation": "rellu"}, SettingError, "activation 'rellu' is not known. Did you mean 'ReLU'?"),
    ((2, 3, 1), {"activation": "softmax"}, SettingError, "activation 'softmax' is not known"),
    ((2, 3, 1), {"activation": "dropout"}, SettingError, "activation 'dropout' is not known"),
    ((2, 3, 1), {"activation": None}, KindError, ("activation must be a name such as 'relu'", "got None")),
    ((2, 3, 1), {"activation": np.tanh}, KindError, "activation must be a name"),
    ((2, 3, 1), {"activation": {"negative_slope": 0.1}}, KindError, "or a table such as"),
    ((2, 3, 1), {"activation": {"name": "relu", "slope": 0.1}}, SettingError, "ReLU has no setting 'slope'"),
    ((2, 3, 1), {"dropout": 1}, SettingError, "dropout must lie in [0, 1), got 1"),
    ((2, 3, 1), {"dropout": -0.1}, SettingError, "dropout"),
    ((2, 3, 1), {"dropout": True}, KindError, "dropout must be a number"),
    ((2, 3, 1), {"batch_norm": 1}, KindError, "batch_norm must be True or False"),
    ((2, 3, 1), {"init": "he_norml"}, SettingError, "Did you mean 'he_normal'?"),
    ((2, 3, 1), {"seed": -1}, SettingError, "seed must be at least 0"),
    ((2, 3, 1), {"dtype": "int8"}, SettingError, "dtype"),
])  # fmt: skip
def test_calls_that_do_not_fit(arguments, settings, error, words, tally):
    refused(tally, error, words, lambda: lw.mlp(*arguments, **settings))
