"""What `Network.forward` says of changes before `backward`: the gradient is that of the changed numbers."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator

rng = generator(0, "changes")
X, DY = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))


@pytest.fixture(params=["twins", "formulas"], autouse=True)
def _computing(request):
    if request.param == "twins":
        pytest.importorskip("numba")
    before = lw.compiled.in_use()
    lw.use_compiled(request.param == "twins")
    yield
    lw.use_compiled(before)


def start(*layers):
    net = lw.Network(*layers, seed=1, dtype="float64")
    net.zero_grad()
    x = X.copy()
    return (net, x, *net.forward(x, training=True))


def test_theta_is_read_as_it_is_when_the_way_back_is_gone():
    net, _, _, backward = start(lw.Linear(3, 2))
    net.theta *= 2  # as an optimizer's step would, too early
    np.testing.assert_allclose(backward(DY), DY @ net[0].weight, rtol=1e-12)


def test_x_is_read_as_it_is_when_the_way_back_is_gone():
    net, x, _, backward = start(lw.Linear(3, 2))
    x[...] = 3
    backward(DY)
    np.testing.assert_allclose(net.gradients()["0.weight"], DY.T @ x, rtol=1e-12)


@pytest.mark.parametrize(("layer", "slope"), [
    (lw.Sigmoid, lambda y: y * (1 - y)),
    (lw.Tanh, lambda y: 1 - y * y),
])  # fmt: skip
def test_the_output_is_read_as_it_is_when_the_way_back_is_gone(layer, slope):
    _, _, y, backward = start(layer())
    y[...] = 0.25
    np.testing.assert_allclose(backward(X), X * slope(0.25), rtol=1e-12)


@pytest.mark.parametrize("layers", [
    lambda: [lw.Linear(3, 2)],
    lambda: [lw.Linear(3, 2), lw.Sigmoid()],
    lambda: [lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2)],
    lambda: [lw.LayerNorm(3), lw.Linear(3, 2), lw.Softmax()],
    lambda: [lw.Residual(lw.Linear(3, 3)), lw.Linear(3, 2), lw.Softplus()],
])  # fmt: skip
def test_a_copy_of_the_output_may_be_changed_at_any_time(layers):
    found = []
    for spoil in (False, True):
        net, _, y, backward = start(*layers())
        copy = y.copy()
        copy[...] = spoil
        found.append((backward(DY), net.grad.copy()))
    for one, other in zip(*found, strict=True):
        assert one.tobytes() == other.tobytes()
