"""Gradient descent by hand, and where the two forms of momentum agree and differ."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw


def test_gradient_descent_by_hand():
    theta = np.array([1.0, 2.0])
    lw.GradientDescent(lr=0.5).step(theta, np.array([1.0, -2.0]))
    np.testing.assert_array_equal(theta, [0.5, 3.0])


def test_momentum_by_hand():
    """v = 0.1; 0.15; 0.175 for a gradient of 1, so θ = -0.1; -0.25; -0.425."""
    theta, optimizer, seen = np.zeros(1), lw.Momentum(lr=0.1, gamma=0.5), []
    for _ in range(3):
        optimizer.step(theta, np.ones(1))
        seen.append(theta[0])
    np.testing.assert_allclose(seen, [-0.1, -0.25, -0.425], rtol=1e-15)


def test_nesterov_by_hand():
    """v = 1; 1.5, and a step is η (g + μ v): 0.1 · 1.5, then 0.1 · 1.75."""
    theta, optimizer = np.zeros(1), lw.SGD(lr=0.1, momentum=0.5, nesterov=True)
    optimizer.step(theta, np.ones(1))
    assert theta[0] == pytest.approx(-0.15, rel=1e-15)
    optimizer.step(theta, np.ones(1))
    assert theta[0] == pytest.approx(-0.325, rel=1e-15)


def test_the_first_step_leaves_dampening_out():
    theta, optimizer = np.zeros(1), lw.SGD(lr=1.0, momentum=0.5, dampening=0.75)
    optimizer.step(theta, np.ones(1))
    assert theta[0] == -1.0
    optimizer.step(theta, np.ones(1))  # v = 0.5 · 1 + 0.25 · 1
    assert theta[0] == -1.75


def test_weight_decay_pulls_to_0():
    theta = np.array([2.0])
    lw.SGD(lr=0.1, weight_decay=0.5).step(theta, np.zeros(1))
    assert theta[0] == pytest.approx(1.9, rel=1e-15)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9, 0.99])
def test_both_momenta_agree_at_a_constant_rate(gamma):
    inside, outside = np.ones(4), np.ones(4)
    first, second = lw.Momentum(lr=0.03, gamma=gamma), lw.SGD(lr=0.03, momentum=gamma)
    rng = np.random.default_rng(0)
    for _ in range(100):
        g = rng.normal(size=4)
        first.step(inside, g)
        second.step(outside, g)
    np.testing.assert_allclose(inside, outside, rtol=1e-12)


@pytest.mark.parametrize(("lr", "later"), [(0.1, 0.01), (0.1, 0.3), (0.1, 0.0)])
def test_and_differ_by_this_much_when_the_rate_changes(lr, later):
    """With u = Σ γᵏ g, both stand at the same θ before the change. The next steps are γ η₁ u + η₂ g with the rate
    inside, and η₂ (γ u + g) with it outside: the first goes γ (η₁ - η₂) u further."""
    gamma, u = 0.9, 0.0
    inside, outside = np.ones(1), np.ones(1)
    first, second = lw.Momentum(lr=lr, gamma=gamma), lw.SGD(lr=lr, momentum=gamma)
    for g in (1.0, -0.5, 2.0):
        u = gamma * u + g
        first.step(inside, np.array([g]))
        second.step(outside, np.array([g]))
    first.step(inside, np.array([0.7]), lr=later)
    second.step(outside, np.array([0.7]), lr=later)
    assert outside[0] - inside[0] == pytest.approx(gamma * (lr - later) * u, rel=1e-12)
    assert abs(outside[0] - inside[0]) > 0.05


def test_without_momentum_dampening_does_nothing():
    theta, optimizer = np.zeros(1), lw.SGD(lr=1.0, dampening=0.5)
    for step in (1, 2, 3):
        optimizer.step(theta, np.ones(1))
        assert theta[0] == -step
