"""Adam by hand, at its edges, and in blocks."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator

LONG = 8192


def plain_adam(theta, grads, lr, betas, eps, weight_decay):
    """The formula of the paper, element by element, without shortcuts."""
    m = v = np.zeros_like(theta)
    for t, g in enumerate(grads, start=1):
        g = g + weight_decay * theta
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        theta = theta - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return theta


@pytest.mark.parametrize("size", [1, 3, LONG + 1])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_it_is_the_formula_of_the_paper(size, weight_decay):
    rng = generator(0, "adam", step=size)
    theta, grads = rng.normal(size=size), [rng.normal(size=size) for _ in range(5)]
    settings = {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": weight_decay}
    expected = plain_adam(theta, grads, **settings)
    optimizer = lw.Adam(**settings)
    for g in grads:
        optimizer.step(theta, g)
    np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-14)


def test_the_parts_of_theta_do_not_touch_each_other():
    size = LONG + 5
    rng = generator(0, "adam parts")
    theta, grad = rng.normal(size=size), rng.normal(size=size)
    for part in (slice(0, 3), slice(LONG - 2, LONG + 3), slice(size - 1, size)):
        whole, alone = theta.copy(), theta[part].copy()
        lw.Adam().step(whole, grad)
        lw.Adam().step(alone, grad[part])
        assert whole[part].tobytes() == alone.tobytes()


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4, 1e100])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_first_step_has_the_length_of_the_rate(size, sign):
    theta = np.zeros(3)
    lw.Adam(lr=0.25).step(theta, np.full(3, sign * size))
    np.testing.assert_allclose(theta, -sign * 0.25, rtol=2e-4)


def test_eps_stands_outside_the_root_after_the_correction():
    theta = np.zeros(1)
    lw.Adam(lr=1.0, eps=1.0).step(theta, np.array([3.0]))
    assert theta[0] == pytest.approx(-3 / (3 + 1), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("first", [0.0, 1.0, 1e-20])
def test_zero_gradients_for_a_million_steps(dtype, first):
    """The steps between are left out: zero gradients only multiply m and v by β each time, so both are put where they
    would stand, down to where they leave the range of the type."""
    optimizer, theta = lw.Adam(), np.ones(7, dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        optimizer.step(theta, np.full(7, first, dtype))
        for until in (100, 1_000, 10_000, 100_000, 1_000_000):
            before = theta.copy()
            for _ in range(50):
                optimizer.step(theta, np.zeros(7, dtype))
            assert np.isfinite(theta).all()
            assert np.abs(theta - before).max() <= 50 * optimizer.lr
            skipped = until - optimizer.t
            optimizer.state["m"] *= dtype(0.9**skipped)
            optimizer.state["v"] *= dtype(0.999**skipped)
            optimizer.t = until
        rest = theta.copy()
        optimizer.step(theta, np.zeros(7, dtype))
    assert optimizer.t == 1_000_001
    np.testing.assert_array_equal(theta, rest)  # long at rest


def test_a_weight_that_never_saw_a_gradient_never_moves():
    theta, optimizer = np.ones(4), lw.Adam(eps=1e-8)
    for _ in range(1000):
        optimizer.step(theta, np.zeros(4))
    np.testing.assert_array_equal(theta, np.ones(4))
    assert not optimizer.state["m"].any()
    assert not optimizer.state["v"].any()


def test_denormal_moments_are_not_a_trap_for_time():
    """Units that died leave m and v among the smallest numbers, which some arithmetic is 100 times slower with."""

    def seconds(moment):
        optimizer, theta = lw.Adam(), np.ones(50_000, np.float32)
        optimizer.step(theta, np.ones_like(theta))
        optimizer.state["m"].fill(moment)
        optimizer.state["v"].fill(moment)
        begin = time.thread_time()
        for _ in range(10):
            optimizer.step(theta, np.zeros_like(theta))
        return time.thread_time() - begin

    pairs = [(seconds(1e-42), seconds(1e-3)) for _ in range(7)]
    assert statistics.median(slow for slow, _ in pairs) < 10 * statistics.median(usual for _, usual in pairs)


@pytest.mark.parametrize("scale", [1e-30, 1e-10, 1e15])
def test_float32_gradients_of_any_size(scale):
    theta, optimizer = np.zeros(3, np.float32), lw.Adam(lr=0.1)
    for _ in range(20):
        optimizer.step(theta, np.full(3, scale, np.float32))
    assert np.isfinite(theta).all()
    assert (np.abs(theta) <= 20 * 0.1 * 1.001).all()


def plain_adamw(theta, grads, lr, betas, eps, weight_decay):
    """The decay of the paper stands outside the formula of Adam: θ shrinks, then moves."""
    m = v = np.zeros_like(theta)
    for t, g in enumerate(grads, start=1):
        theta = theta - lr * weight_decay * theta
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        theta = theta - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return theta


def test_adamw_is_the_formula_of_its_paper():
    rng = generator(0, "adamw")
    theta, grads = rng.normal(size=7), [rng.normal(size=7) for _ in range(5)]
    settings = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.7}
    expected, optimizer = plain_adamw(theta, grads, **settings), lw.AdamW(**settings)
    for g in grads:
        optimizer.step(theta, g)
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


def test_adamw_shrinks_all_weights_alike_and_adam_does_not():
    """Two weights of the same size, one with gradients a thousand times larger; their noise has mean 0."""
    noise = generator(0, "noise").normal(size=(2000, 1)) * np.array([1e-3, 1.0])
    ends = {}
    for make in (lw.Adam, lw.AdamW):
        theta, optimizer = np.ones(2), make(lr=1e-3, weight_decay=0.5)
        for g in noise:
            optimizer.step(theta, g)
        ends[make.__name__] = theta
    assert ends["AdamW"][0] == pytest.approx(ends["AdamW"][1], rel=0.01)
    assert ends["AdamW"].max() < 0.5
    assert ends["Adam"][0] < 0.03 < 0.3 < ends["Adam"][1]
