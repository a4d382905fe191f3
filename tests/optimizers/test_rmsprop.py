"""RMSprop by hand, with momentum and centred, and where its spread is 0."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator


def plain_rmsprop(theta, grads, lr, alpha, eps, weight_decay, momentum, centered):
    """The formulas of the lecture with torch's options, without shortcuts."""
    v = m = u = np.zeros_like(theta)
    for g in grads:
        g = g + weight_decay * theta
        v = alpha * v + (1 - alpha) * g**2
        m = alpha * m + (1 - alpha) * g
        u = momentum * u + g / (np.sqrt(v - m**2 if centered else v) + eps)
        theta = theta - lr * u
    return theta


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_it_is_the_formula_of_the_lecture(momentum, centered, weight_decay):
    rng = generator(0, "rmsprop")
    theta, grads = rng.normal(size=5), [rng.normal(size=5) for _ in range(6)]
    settings = (0.02, 0.8, 1e-3, weight_decay, momentum, centered)
    expected = plain_rmsprop(theta, grads, *settings)
    optimizer = lw.RMSprop(*settings)
    for g in grads:
        optimizer.step(theta, g)
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


@pytest.mark.parametrize(("settings", "slots"), [
    ({}, {"v"}), ({"centered": True}, {"v", "m"}), ({"momentum": 0.5}, {"v", "u"}),
    ({"momentum": 0.5, "centered": True}, {"v", "m", "u"}),
])  # fmt: skip
def test_it_keeps_what_it_needs(settings, slots):
    optimizer = lw.RMSprop(**settings)
    optimizer.step(np.zeros(2), np.ones(2))
    assert set(optimizer.state) == slots
    assert set(optimizer.state_dict()) == slots | {"t"}


def test_it_forgets():
    """Under a constant gradient steps end at the rate, where those of AdaGrad go on shrinking."""
    theta, optimizer = np.zeros(1), lw.RMSprop(lr=0.1, alpha=0.5)
    for _ in range(60):
        before = theta.copy()
        optimizer.step(theta, np.full(1, 3.0))
    assert before[0] - theta[0] == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("g", [3.3, 1234.5, 0.3, 0.7, 0.001, 0.0])
def test_a_spread_of_0_is_no_root_of_a_negative(g, dtype):
    """A gradient that never changes: v - m² is 0, and by rounding below it, for most of these within 60 steps."""
    theta, optimizer = np.zeros(4, dtype), lw.RMSprop(lr=1e-6, alpha=0.5, centered=True)
    with np.errstate(invalid="raise"):
        for _ in range(100):
            optimizer.step(theta, np.full(4, g, dtype))
    assert np.isfinite(theta).all()
    assert (theta < 0).all() if g else not theta.any()


def test_the_means_by_hand():
    optimizer, theta = lw.RMSprop(alpha=0.75, centered=True), np.zeros(1)
    for g in (2.0, -4.0):
        optimizer.step(theta, np.array([g]))
    assert optimizer.state["m"][0] == 0.75 * 0.5 - 0.25 * 4
    assert optimizer.state["v"][0] == 0.75 * 1.0 + 0.25 * 16
