"""Rows of layers inside rows of layers, and taps that look and change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass
from layerwise.random import generator

X = generator(0, "x").normal(size=(6, 3)).astype(np.float32)


def flat():
    return [lw.Linear(3, 5), lw.Tanh(), lw.Linear(5, 4), lw.ReLU(), lw.Linear(4, 2)]


def nested(layers):
    a, b, c, d, e = layers
    return [lw.Sequential(a, b), lw.Sequential(lw.Sequential(c), d), e]


class Recorder(lw.Tap):
    """A tap that copies all it sees."""

    def __init__(self):
        self.activations, self.gradients = {}, {}

    def activation(self, address, value):
        self.activations[address] = value.copy()

    def gradient(self, address, gradient):
        self.gradients[address] = gradient.copy()


class Meddler(lw.Tap):
    """A tap that answers what nobody asked for."""

    def activation(self, address, value):
        return np.zeros_like(value)

    def gradient(self, address, gradient):
        return None


def run(net, tap=None, **settings):
    net.zero_grad()
    y, backward = net.forward(X, training=True, step=0, tap=tap, **settings)
    dx = backward(np.ones_like(y))
    return y, dx, net.grad.copy()


def test_nesting_changes_names_and_nothing_else():
    plain, rows = lw.Network(*flat(), seed=1), lw.Network(*nested(flat()), seed=1)
    assert list(rows.parameters()) == ["0.0.weight", "0.0.bias", "1.0.0.weight", "1.0.0.bias", "2.weight", "2.bias"]
    rows.theta = plain.theta
    for ours, theirs in zip(run(rows), run(plain), strict=True):
        assert ours.tobytes() == theirs.tobytes()
    assert [layer.address for layer in rows[1]] == ["1.0", "1.1"]


@pytest.mark.torch
def test_nested_names_are_torchs():
    torch = pytest.importorskip("torch")
    nn, linear, row = torch.nn, torch.nn.Linear, torch.nn.Sequential
    twin = row(row(linear(3, 5), nn.Tanh()), row(row(linear(5, 4)), nn.ReLU()), linear(4, 2))
    net = lw.Network(*nested(flat()))
    assert list(net.state_dict()) == list(twin.state_dict())
    net.load_state_dict(twin.state_dict())
    np.testing.assert_allclose(net(X), twin(torch.from_numpy(X)).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_sequential_is_a_row():
    layers = flat()
    row = lw.Sequential(*layers)
    assert len(row) == 5
    assert list(row) == layers
    assert row[1] is layers[1]
    assert row.trains
    assert not lw.Sequential(lw.ReLU()).trains
    assert row(X).shape == (6, 2)
    y, backward = row.forward(X, Pass())
    assert backward(np.ones_like(y)).shape == X.shape


def test_a_tap_sees_every_activation_and_gradient():
    net, tap = lw.Network(*flat(), seed=1, dtype="float64"), Recorder()
    y, _, _ = run(net, tap)
    addresses = ["0", "1", "2", "3", "4"]
    assert list(tap.activations) == addresses
    assert list(tap.gradients) == addresses[::-1]
    np.testing.assert_array_equal(tap.activations["4"], y)
    np.testing.assert_array_equal(tap.gradients["4"], np.ones_like(y))
    for above, layer in zip(addresses, net.layers[1:], strict=False):
        np.testing.assert_array_equal(layer(tap.activations[above]), tap.activations[str(int(above) + 1)])
    np.testing.assert_array_equal(tap.gradients["2"], tap.gradients["3"] * (tap.activations["2"] > 0))
    np.testing.assert_allclose(tap.gradients["3"], tap.gradients["4"] @ net[4].weight, rtol=1e-13)


def test_a_tap_sees_inside_nested_rows():
    net, tap = lw.Network(*nested(flat()), seed=1), Recorder()
    run(net, tap)
    expected = {"0.0", "0.1", "0", "1.0.0", "1.0", "1.1", "1", "2"}
    assert set(tap.activations) == set(tap.gradients) == expected
    np.testing.assert_array_equal(tap.activations["0"], tap.activations["0.1"])
    np.testing.assert_array_equal(tap.gradients["1"], tap.gradients["1.1"])


@pytest.mark.parametrize("tap", [Recorder, Meddler])
@pytest.mark.parametrize("input_gradient", [True, False])
def test_watching_changes_no_bit(tap, input_gradient):
    layers = [lw.Linear(3, 5), lw.Dropout(0.3), lw.Tanh(), lw.Sequential(lw.Linear(5, 4), lw.Softmax())]
    net = lw.Network(*layers, seed=1)
    plain, watched = run(net, input_gradient=input_gradient), run(net, tap(), input_gradient=input_gradient)
    for one, other in zip(plain, watched, strict=True):
        assert (one is None and other is None) or one.tobytes() == other.tobytes()


def test_the_input_gradient_is_computed_only_where_it_is_wanted():
    """Left out, it is missing at the first layer that learns, and all others still get theirs."""
    net, tap = lw.Network(lw.Flatten(), *flat(), seed=1), Recorder()
    _, dx, grad = run(net, tap, input_gradient=False)
    assert dx is None
    assert "0" not in tap.gradients
    assert list(tap.gradients) == ["5", "4", "3", "2", "1"]
    assert grad.tobytes() == run(net)[2].tobytes()


@pytest.mark.parametrize("index", ["0", 1.0, None, [0]], ids=repr)
def test_a_layer_is_picked_by_its_number(index, tally):
    refused(tally, KindError, "a layer is picked by its number, 0 to 1", lambda: lw.Sequential(*[lw.ReLU()] * 2)[index])


@pytest.mark.parametrize("layer", [lw.Softmax, lw.LogSoftmax])
def test_rows_without_a_class_have_no_softmax(layer, tally):
    refused(tally, ShapeError, "at least one class, got shape (2, 0)", lambda: lw.Network(layer())(np.ones((2, 0))))
    for dim in (0, True, -1.0, np.ones(2)):
        refused(tally, SettingError, "dim must be -1", lambda dim=dim: layer(dim))
