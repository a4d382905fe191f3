"""Sizes through depth: measured as they are, without a trace in the network, and as theory has it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, SettingError
from layerwise.insight import propagation, through_stack
from layerwise.insight.propagation import median_of


def rms(values: np.ndarray) -> float:
    return float(np.sqrt((values.astype(float) ** 2).mean()))


def test_sizes_are_those_of_every_layer() -> None:
    net = lw.Network(lw.Linear(5, 7), lw.Tanh(), lw.Linear(7, 2), dtype="float64")
    x = np.random.default_rng(0).normal(size=(6, 5))
    found = propagation(net, x)
    hidden = x @ net[0].weight.T + net[0].bias
    expected = [rms(x), rms(hidden), rms(np.tanh(hidden)), rms(net(x))]
    np.testing.assert_allclose(found.forward, expected)
    assert found.addresses == ("0", "1", "2")
    assert found.backward[-1] == pytest.approx(1)
    np.testing.assert_allclose(found.kept(1), expected[1] / expected[0])


def test_the_gradient_is_that_of_backward() -> None:
    net = lw.Network(lw.Linear(4, 3, bias=False), dtype="float64")
    found = propagation(net, np.ones((8, 4)), seed=3)
    net.theta *= 2
    doubled = propagation(net, np.ones((8, 4)), seed=3)
    assert doubled.returned == pytest.approx(2 * found.returned)


def test_the_network_stays_as_it_was() -> None:
    net = lw.mlp(3, 8, 2, batch_norm=True, dropout=0.5)
    before, passes = net.state_dict(), net.passes
    propagation(net, np.random.default_rng(0).normal(size=(16, 3)))
    assert net.passes == passes
    assert not net.grad.any()
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("activation", ["Identity", "ReLU"])
def test_the_rule_of_the_activation_keeps_signals_level(activation: str) -> None:
    init = "he_normal" if activation == "ReLU" else "xavier_normal"
    found = [through_stack(init, activation=activation, depth=5, width=128, seed=seed) for seed in range(5)]
    kept = median_of(found).kept()
    assert 0.7 < kept < 1.4
    doubled = through_stack({"name": "normal", "std": 2 * (1 / 128) ** 0.5}, activation="Identity", depth=5, width=128)
    assert 2**5 * 0.8 < doubled.kept() < 2**5 * 1.25


def test_normalisation_makes_the_size_of_the_weights_nearly_irrelevant() -> None:
    for normalization in ("batch", "layer"):
        for std in (0.01, 0.5):
            init = {"name": "normal", "std": std}
            found = through_stack(init, depth=10, width=64, normalization=normalization)
            assert 0.4 < found.kept() < 1.1


def test_a_residual_keeps_the_way_back_open() -> None:
    init = {"name": "normal", "std": 0.02}
    plain, residual = (through_stack(init, depth=10, width=32, residual=each) for each in (False, True))
    assert plain.returned < 1e-6
    assert 0.9 < residual.returned < 1.5


@pytest.mark.usefixtures("formulas_alone")
def test_a_sequence_model_is_measured_too() -> None:
    for layer in (lw.LSTM(4, 6), lw.MultiheadAttention(4, 2)):
        found = propagation(lw.Network(layer), np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32"))
        assert np.isfinite(found.forward).all()
    net = lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(18, 2))
    assert len(propagation(net, np.ones((2, 1, 5, 5), np.float32)).forward) == 5


def test_it_says_what_is_left() -> None:
    assert str(through_stack(depth=3, width=8)).startswith("After 3 layers the signal has ")


def test_what_can_not_be_measured(tally: Tally) -> None:
    net = lw.Network(lw.Linear(2, 1))
    refused(tally, DataError, "floats", lambda: propagation(net, [[1, 2]]))
    refused(tally, DataError, "x", lambda: propagation(net, [[np.nan, 1.0]]))
    refused(tally, SettingError, "batch", lambda: through_stack(normalization="btch"))
    refused(tally, SettingError, "ReLU", lambda: through_stack(activation="Relu"))
    refused(tally, SettingError, "depth", lambda: through_stack(depth=0))
