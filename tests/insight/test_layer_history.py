"""Sizes by RMS per number: exact, independent of width, and recorded without changing a bit."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.layer_history import LayerHistory, rms

RNG = np.random.default_rng(0)
SEQUENCES = RNG.normal(size=(24, 5, 3)).astype("float32")
IMAGES = RNG.normal(size=(24, 1, 6, 6)).astype("float32")
NETWORKS = {
    "mlp": (lambda: [lw.Linear(36, 8), lw.Tanh(), lw.Linear(8, 2)], IMAGES.reshape(24, 36)),
    "cnn": (lambda: [lw.Conv2d(1, 3, 3), lw.ReLU(), lw.Flatten(), lw.Linear(48, 2)], IMAGES),
    "lstm": (lambda: [lw.LSTM(3, 4, output="last"), lw.Linear(4, 2)], SEQUENCES),
    "attention": (lambda: [lw.Linear(3, 4), lw.MultiheadAttention(4, 2), lw.Flatten(), lw.Linear(20, 2)], SEQUENCES),
}
LABELS = np.arange(24) % 2


def watched(layers: list[lw.Layer], x: np.ndarray, *listeners: lw.Listener) -> tuple[lw.Network, lw.History]:
    net = lw.Network(*layers, seed=2)
    history = lw.fit(net, (x, LABELS), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=3, batch_size=8,
                     listeners=listeners)  # fmt: skip
    return net, history


@pytest.mark.parametrize("kind", NETWORKS)
def test_every_layer_and_every_parameter_is_recorded(kind: str) -> None:
    layers, x = NETWORKS[kind]
    watch = LayerHistory(every=4, spreads=True)
    net, history = watched(layers(), x, watch)
    bare, plain = watched(layers(), x)
    np.testing.assert_array_equal(net.theta, bare.theta)
    assert history.as_dict() == plain.as_dict()
    assert watch.steps == [1, 5, 9]
    assert list(watch.parameters) == list(net.parameters())
    assert set(watch.layers) >= {str(k) for k in range(len(layers()))}
    for record in [*watch.parameters.values(), *watch.layers.values()]:
        assert {len(sizes) for sizes in record.sizes.values()} == {3}
        for spreads in record.spreads.values():
            assert all((np.diff(each.edges) > 0).all() and each.counts.sum() > 0 for each in spreads)
    for name, values in net.parameters().items():
        last = watch.parameters[name].spreads["weight"][-1]
        assert last.counts.sum() == values.size


def test_the_numbers_are_those_of_the_step() -> None:
    """Plain gradient descent: the update is lr times the gradient, and the weights are those after it."""
    layers, x = NETWORKS["mlp"]
    watch = LayerHistory(every=1)
    net, _ = watched(layers(), x, watch)
    for name, weight in net.parameters().items():
        sizes = watch.parameters[name].sizes
        np.testing.assert_allclose(sizes["update"], 0.1 * np.array(sizes["gradient"]), rtol=1e-4)
        assert sizes["weight"][-1] == pytest.approx(rms(weight), rel=1e-12)
    fresh = lw.Network(*layers(), seed=2).parameters()["0.weight"]
    sizes = watch.parameters["0.weight"].sizes
    assert sizes["ratio"][0] == pytest.approx(sizes["update"][0] / rms(fresh), rel=1e-6)


def test_the_size_does_not_grow_with_the_layer() -> None:
    draws = np.random.default_rng(1).normal(size=100_000)
    assert rms(draws[:100]) == pytest.approx(rms(draws), rel=0.2)
    assert rms(np.full((3, 4), -2.0)) == 2.0


def test_weights_of_zero_have_no_ratio() -> None:
    layers, x = NETWORKS["mlp"]
    watch, net = LayerHistory(every=1), lw.Network(*layers(), seed=2)
    net[0].bias = np.zeros(8)
    lw.fit(net, (x, LABELS), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=1, listeners=[watch])
    assert np.isnan(watch.parameters["0.bias"].sizes["ratio"][0])


def test_kinds() -> None:
    layers, x = NETWORKS["mlp"]
    watch = LayerHistory(every=5)
    watched(layers(), x, watch)
    assert list(watch.of("weight")) == ["0.weight", "2.weight"]
    assert list(watch.of("activation")) == list(watch.of("signal")) == ["0", "1", "2"]


def test_mistakes(tally: Tally) -> None:
    refused(tally, SettingError, "kind must be one of", lambda: LayerHistory().of("norm"))
    refused(tally, SettingError, "every", lambda: LayerHistory(every=0))
