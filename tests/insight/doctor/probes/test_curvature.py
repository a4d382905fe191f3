"""The extreme curvatures, beside a Hessian that is known."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.doctor.probes.curvature import curvature


def line(rows=40, features=3, seed=0):
    x = np.random.default_rng(seed).normal(size=(rows, features)) * [1.0, 3.0, 0.1][:features]
    return x, x @ np.ones((features, 1))


def test_of_a_straight_line_it_is_that_of_the_features():
    """C = mean (x w - y)², so its Hessian is 2 xᵀx / N whatever w is."""
    x, y = line()
    found = curvature(lw.Network(lw.Linear(3, 1, bias=False)), x, y, lw.MSELoss())
    known = np.linalg.eigvalsh(2 * x.T @ x / len(x))
    assert found.largest == pytest.approx(known[-1], rel=0.02)
    assert found.least == pytest.approx(known[0], abs=0.02 * known[-1])
    assert found.limit == pytest.approx(2 / known[-1], rel=0.02)


def test_the_limit_is_where_plain_descent_begins_to_grow():
    x, y = line()
    limit = curvature(lw.Network(lw.Linear(3, 1, bias=False)), x, y, lw.MSELoss()).limit
    for factor, grows in ((0.9, False), (1.1, True)):
        net = lw.Network(lw.Linear(3, 1, bias=False), dtype="float64", seed=3)
        first = lw.MSELoss()(net(x), y)[0]
        for _ in range(60):
            net.zero_grad()
            net.backpropagate(x, y, lw.MSELoss())
            net.theta -= factor * limit * net.grad
        assert (lw.MSELoss()(net(x), y)[0] > first) is grows


def test_a_saddle_has_a_way_down():
    """C = mean (v u x - x)² has the Hessian [[0, -2 m], [-2 m, 0]] at u = v = 0, with m = mean x²."""
    x = np.linspace(-1, 1, 21).reshape(-1, 1)
    net = lw.Network(lw.Linear(1, 1, bias=False), lw.Linear(1, 1, bias=False), dtype="float64")
    net.theta = np.zeros(2)
    found = curvature(net, x, x, lw.MSELoss())
    m = 2 * float((x**2).mean())
    assert (found.least, found.largest) == (pytest.approx(-m, rel=0.02), pytest.approx(m, rel=0.02))
    assert abs(found.along) == pytest.approx([0.5**0.5] * 2, abs=0.05)


def test_the_network_is_left_as_it_is():
    x, y = line()
    net = lw.Network(lw.Linear(3, 4), lw.Dropout(0.5), lw.Linear(4, 1))
    before, passes = net.theta.copy(), net.passes
    curvature(net, x, y, lw.MSELoss())
    assert (net.theta == before).all()
    assert net.passes == passes
