"""One pass each way, layer by layer: the sizes are those of the recorder, and the network stays as it was."""

from __future__ import annotations

import numpy as np
import pytest
from tests.insight.test_layer_history import LABELS, NETWORKS

import layerwise as lw
from layerwise.insight.depth import through_depth
from layerwise.insight.layer_history import rms
from layerwise.insight.recorder import Recorder


@pytest.mark.parametrize("kind", NETWORKS)
def test_sizes_are_those_of_a_pass(kind: str) -> None:
    layers, x = NETWORKS[kind]
    net, loss, recorder = lw.Network(*layers(), seed=2), lw.CrossEntropyLoss(), Recorder()
    before = net.theta.copy(), net.grad.copy(), net.passes
    found = through_depth(net, x, LABELS, loss)
    np.testing.assert_array_equal(net.theta, before[0])
    np.testing.assert_array_equal(net.grad, before[1])
    assert net.passes == before[2]
    net.zero_grad()
    net.backpropagate(x, LABELS, loss, tap=recorder)
    assert [each.address for each in found] == list(recorder.activations)
    for each in found:
        assert each.activation == rms(recorder.activations[each.address])
        assert each.signal == rms(recorder.gradients[each.address])
        assert each.gradients == {
            name: rms(gradient) for name, gradient in net.gradients().items() if name.rpartition(".")[0] == each.address
        }
    assert found[0].layer == repr(net[0])
    assert found[-1].gradients


def test_sigmoids_let_the_gradient_vanish_and_relus_with_he_do_not() -> None:
    x = np.random.default_rng(0).normal(size=(64, 16)).astype("float32")

    def fall(activation: type[lw.Layer], init: str) -> float:
        layers = [part for _ in range(8) for part in (lw.Linear(16, 16, init=init), activation())]
        found = through_depth(lw.Network(*layers, lw.Linear(16, 2)), x, np.arange(64) % 2, lw.CrossEntropyLoss())
        return found[0].signal / found[-2].signal

    assert fall(lw.Sigmoid, "xavier_normal") < 1e-3
    assert 0.05 < fall(lw.ReLU, "he_normal") < 20
