"""AdaGrad by hand, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator


def plain_adagrad(theta, grads, lr, lr_decay, weight_decay, start, eps):
    """The formula of the paper with torch's options, without shortcuts."""
    G = np.full_like(theta, start)
    for t, g in enumerate(grads, start=1):
        g = g + weight_decay * theta
        G = G + g**2
        theta = theta - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(G) + eps)
    return theta


@pytest.mark.parametrize("settings", [(0.1, 0, 0, 0, 1e-10), (0.1, 0.3, 0.2, 0.7, 0.01), (1.0, 0, 0, 5.0, 0)])
def test_it_is_the_formula_of_the_paper(settings):
    rng = generator(0, "adagrad")
    theta, grads = rng.normal(size=5), [rng.normal(size=5) for _ in range(6)]
    expected = plain_adagrad(theta, grads, *settings)
    optimizer = lw.Adagrad(*settings)
    for g in grads:
        optimizer.step(theta, g)
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e6])
def test_steps_shrink_with_the_root_of_their_number(size):
    """Under a constant gradient step t is η/√t, whatever the size of the gradient."""
    theta, optimizer, seen = np.zeros(1), lw.Adagrad(lr=0.5), [0.0]
    for _ in range(9):
        optimizer.step(theta, np.full(1, size))
        seen.append(-theta[0])
    np.testing.assert_allclose(np.diff(seen), 0.5 / np.sqrt(np.arange(1, 10)), rtol=1e-5)


def test_a_rare_gradient_finds_a_long_step():
    """After 99 steps of one parameter the other one still moves by the whole rate."""
    theta, optimizer = np.zeros(2), lw.Adagrad(lr=0.1)
    for _ in range(99):
        optimizer.step(theta, np.array([1.0, 0.0]))
    before = theta.copy()
    optimizer.step(theta, np.array([1.0, 1.0]))
    np.testing.assert_allclose(before - theta, [0.01, 0.1], rtol=1e-6)


def test_no_gradient_no_move():
    theta, optimizer = np.ones(3), lw.Adagrad()
    for _ in range(3):
        optimizer.step(theta, np.zeros(3))
    np.testing.assert_array_equal(theta, np.ones(3))


def test_the_sum_starts_once():
    optimizer, theta = lw.Adagrad(initial_accumulator_value=2.0), np.zeros(1)
    optimizer.step(theta, np.ones(1))
    optimizer.step(theta, np.ones(1))
    assert optimizer.state["G"][0] == 4.0
