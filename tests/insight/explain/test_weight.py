"""One weight by hand: paths through a network of two hidden units, and the shares of two samples."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw


def network():
    net = lw.Network(lw.Linear(1, 2), lw.Tanh(), lw.Linear(2, 2), lw.Tanh(), lw.Linear(2, 1), dtype="float64")
    net.theta = np.linspace(-1, 1, net.theta.size)
    return net


def test_each_path_is_the_product_of_its_slopes():
    net = network()
    x, target = np.array([[0.5], [-2.0]]), np.array([[1.0], [0.0]])
    weight = lw.explain(net, x, target, loss=lw.MSELoss(), optimizer=lw.GradientDescent(0.1)).weight("0.weight", 1, 0)
    W1, b1, W2, b2, W3, b3 = net.parameters().values()
    a1 = np.tanh(x @ W1.T + b1)
    a2 = np.tanh(a1 @ W2.T + b2)
    dy = 2 * (a2 @ W3.T + b3 - target) / 2  # (2, 1)
    slopes = (1 - a1[:, 1] ** 2) * x[:, 0]
    by_unit = [dy[:, 0] * W3[0, k] * (1 - a2[:, k] ** 2) * W2[k, 1] * slopes for k in (0, 1)]
    assert {path.stops[2].unit: path.value for path in weight.paths} == pytest.approx(
        {k: each.sum() for k, each in enumerate(by_unit)}, rel=1e-12
    )
    np.testing.assert_allclose(weight.samples, sum(by_unit), rtol=1e-12)
    assert weight.before == W1[1, 0]
    assert weight.after == pytest.approx(weight.before - 0.1 * weight.gradient, rel=1e-14)
    assert [str(stop) for stop in weight.paths[0].stops][:2] == ["0 linear", "1 tanh"]
    assert "theta[1]" in str(weight)


def test_a_shared_layer_is_reached_at_each_of_its_places():
    again = lw.Linear(2, 2)
    net = lw.Network(again, lw.Tanh(), again, dtype="float64", seed=1)
    example = lw.explain(net, np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]]), loss=lw.MSELoss())
    weight = example.weight("0.weight", 0, 1)
    assert {path.stops[0].address for path in weight.paths} == {"0", "2"} or {
        path.stops[0].address for path in weight.paths
    } == {"0", "0#1"}
    assert sum(path.value for path in weight.paths) == pytest.approx(weight.gradient, rel=1e-12)
    assert weight.after is None


def test_too_many_paths_are_taken_together():
    net = lw.Network(lw.Linear(2, 60), lw.Tanh(), lw.Linear(60, 60), lw.Tanh(), lw.Linear(60, 10), dtype="float64")
    weight = lw.explain(net, np.ones((1, 2)), np.array([3]), loss=lw.CrossEntropyLoss()).weight("0.weight", 5, 1)
    assert len(weight.paths) == 1
    assert weight.paths[0].value == pytest.approx(weight.gradient, rel=1e-12)
