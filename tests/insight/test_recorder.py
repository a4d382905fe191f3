"""The recorder keeps copies of what flows, and changes nothing."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.insight import Recorder
from layerwise.layers import Layer
from layerwise.random import generator

X = generator(3, "x").normal(size=(5, 2)).astype(np.float32)
DY = generator(3, "dy").normal(size=(5, 1)).astype(np.float32)


class Halves(Layer):
    """Shows the half of its input, in an array that it then overwrites."""

    def forward(self, x, pass_):
        half = x / 2
        pass_.show(self, "half", half)
        half[...] = 0
        return x, lambda dy: dy

    def output_shape(self, shape):
        return shape


def network():
    return lw.Network(lw.Linear(2, 3), lw.Sequential(lw.Tanh(), Halves()), lw.Linear(3, 1), seed=4)


def test_it_keeps_every_output_and_gradient_by_address():
    net, recorder = network(), Recorder()
    y, backward = net.forward(X, tap=recorder)
    backward(DY)
    z = X @ net[0].weight.T + net[0].bias
    a = np.tanh(z)
    np.testing.assert_allclose(recorder.activations["0"], z, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(recorder.activations["1.0"], a, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(recorder.activations["2"], y)
    np.testing.assert_array_equal(recorder.gradients["2"], DY)
    np.testing.assert_allclose(recorder.gradients["1.0"], DY @ net[2].weight, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(recorder.gradients["0"], (DY @ net[2].weight) * (1 - a * a), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(recorder.values["1.1"]["half"], recorder.activations["1.0"] / 2)


def test_recording_changes_no_number():
    watched, alone = network(), network()
    for net, tap in ((watched, Recorder()), (alone, None)):
        _, backward = net.forward(X, training=True, tap=tap)
        backward(DY)
    assert watched.grad.tobytes() == alone.grad.tobytes()


def test_what_is_kept_does_not_change_later():
    net, recorder = network(), Recorder()
    net.forward(X, tap=recorder)
    before = recorder.activations["2"].copy()
    net.theta += 1
    np.testing.assert_array_equal(recorder.activations["2"], before)
    net.forward(X, tap=recorder)
    assert (recorder.activations["2"] != before).any()
