"""Self-attention: who may look where, what torch makes of the same, and what a tap sees."""

from __future__ import annotations

import numpy as np
import pytest
from tests.layers.table import numbers
from tests.layers.torch_modules import self_attention
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import SettingError

REAL = np.array([[True, True, True, False], [True, False, False, False], [True, True, True, True]])


def network(*settings, seed=3, **named):
    return lw.Network(lw.MultiheadAttention(*settings, **named), seed=seed, dtype="float64")


class Weights(lw.Tap):
    """A tap that keeps the weights of attention."""

    def __init__(self):
        self.kept = {}

    def activation(self, address, value):
        """Not wanted."""

    def gradient(self, address, gradient):
        """Not wanted."""

    def value(self, address, name, value):
        self.kept[address, name] = value


def weights_of(net, x, **told):
    tap = Weights()
    net.forward(x, tap=tap, **told)
    return tap.kept["0", "weights"]


def test_a_tap_sees_weights_of_sum_1():
    weights = weights_of(network(6, 3), numbers((2, 5, 6)))
    assert weights.shape == (2, 3, 5, 5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)


def test_nobody_looks_ahead_when_causal():
    net, x = network(6, 3, causal=True), numbers((2, 5, 6))
    assert not np.triu(weights_of(net, x), 1).any()
    changed = x.copy()
    changed[:, 3:] = 7
    np.testing.assert_allclose(net(changed)[:, :3], net(x)[:, :3], rtol=1e-13)


@pytest.mark.parametrize("causal", [False, True])
def test_padding_changes_nothing(causal):
    """Neither what it holds nor how much of it there is; the gradient does not reach it from real steps."""
    net, x = network(6, 3, causal=causal), numbers((3, 4, 6))
    y, changed = net(x, mask=REAL), np.where(REAL[:, :, None], x, 9.0)
    np.testing.assert_allclose(net(changed, mask=REAL)[REAL], y[REAL], rtol=1e-13)
    np.testing.assert_allclose(net(x, lengths=REAL.sum(axis=1)), y, rtol=1e-13)
    for n, length in enumerate(REAL.sum(axis=1)):
        np.testing.assert_allclose(net(x[[n], :length])[0], y[n, :length], rtol=1e-12)
    _, backward = net.forward(x, mask=REAL)
    dx = backward(np.where(REAL[:, :, None], numbers((3, 4, 6), "dy"), 0))
    np.testing.assert_array_equal(dx[~REAL], 0)


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_what_is_not_finite_in_padding_reaches_its_own_sequence_only(hole):
    """Its weight is 0, and 0 times it is NaN: as in torch, and as the docstring says."""
    net, x = network(6, 3), numbers((3, 4, 6))
    clean = net(x, mask=REAL)
    x[1, 2] = hole
    with np.errstate(invalid="ignore"):
        y = net(x, mask=REAL)
    assert np.isnan(y[1, 0]).any()
    np.testing.assert_allclose(y[[0, 2]], clean[[0, 2]], rtol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("causal", [False, True])
def test_padding_is_torchs(causal):
    torch = pytest.importorskip("torch")
    net, x, dy = network(6, 2, causal=causal), numbers((3, 4, 6)), numbers((3, 4, 6), "dy")
    net.theta = numbers(net.theta.shape, "theta")  # biases of 0 would hide what becomes of them
    twin = torch.nn.Sequential(self_attention(6, 2, causal=causal)(torch.nn)).double()
    twin.load_state_dict({name: torch.from_numpy(each) for name, each in net.state_dict().items()})
    tensor = torch.from_numpy(x.copy()).requires_grad_()
    theirs = twin[0](tensor, padding=torch.from_numpy(~REAL))
    theirs.backward(torch.from_numpy(dy))
    y, backward = net.forward(x, mask=REAL)
    np.testing.assert_allclose(y, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(backward(dy), tensor.grad.numpy(), rtol=1e-8, atol=1e-11)
    for gradient, parameter in zip(net.gradients().values(), twin.parameters(), strict=True):
        np.testing.assert_allclose(gradient, parameter.grad.numpy(), rtol=1e-8, atol=1e-11)


def test_padding_in_front_leaves_causal_steps_that_may_look_at_nothing():
    net, x = network(4, 2, causal=True), numbers((1, 3, 4))
    y = net(x, mask=[[False, True, True]])
    np.testing.assert_array_equal(y[0, 0], net[0].out_proj.bias)
    np.testing.assert_allclose(y[0, 1:], net(x[:, 1:])[0], rtol=1e-12)


def test_dropout_drops_weights_in_training_only():
    net, x = network(6, 3, 0.5), numbers((2, 5, 6))
    plain = network(6, 3)
    np.testing.assert_array_equal(net(x), plain(x))
    y, _ = net.forward(x, training=True, step=0)
    assert not np.allclose(y, plain(x))
    np.testing.assert_array_equal(net.forward(x, training=True, step=0)[0], y)
    assert not np.allclose(net.forward(x, training=True, step=1)[0], y)
    mean = np.mean([net.forward(x, training=True, step=step)[0] for step in range(4000)], axis=0)
    np.testing.assert_allclose(mean, plain(x), atol=0.03)


def test_dropping_all_leaves_the_bias():
    net = network(4, 2, 1.0)
    net[0].out_proj.bias = [1, 2, 3, 4]
    y, _ = net.forward(numbers((2, 3, 4)), training=True)
    np.testing.assert_array_equal(y, np.broadcast_to([1, 2, 3, 4], y.shape))


def test_parameters_begin_as_torchs():
    D = 400
    net = lw.Network(lw.MultiheadAttention(D, 4))
    layer = net[0]
    assert layer.in_proj_weight.std() == pytest.approx(np.sqrt(6 / (4 * D)) / np.sqrt(3), rel=0.02)
    assert layer.out_proj.weight.std() == pytest.approx(1 / np.sqrt(3 * D), rel=0.02)
    assert not layer.in_proj_bias.any()
    assert not layer.out_proj.bias.any()
    assert net.decay_mask.sum() == 4 * D * D


def test_the_last_map_is_reached_as_in_torch():
    net = network(2, 1)
    net[0].out_proj.weight = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(net.parameters()["0.out_proj.weight"], [[1, 2], [3, 4]])
    assert lw.MultiheadAttention(2, 1, bias=False).out_proj.bias is None


def test_what_does_not_fit_is_refused(tally):
    refused(tally, SettingError, ("3 heads", "8"), lambda: lw.MultiheadAttention(8, 3))
    refused(tally, SettingError, "dropout", lambda: lw.MultiheadAttention(8, 2, 1.5))


def test_multiplications_are_those_of_four_maps_and_two_products_of_heads():
    assert lw.MultiheadAttention(8, 2).multiplications((5, 8)) == 5 * 8 * 24 + 5 * 8 * 8 + 2 * (2 * 5 * 5 * 4)
