"""Whole networks, normalised, penalised, clipped: vᵀJu by the way back is vᵀJu by finite differences, in float64."""

from __future__ import annotations

import numpy as np
import pytest
from tests.network.whole_networks import NETWORKS, numbers
from tests.support.both_ways import computed_by
from tests.support.slopes import EPS, slope

import layerwise as lw
from layerwise.training.update import Update

__all__ = ["computed_by"]

TOLERANCE = 1e-6
DIRECTIONS = range(3)

each_network = pytest.mark.parametrize("name", NETWORKS)


def made(row):
    """The network, and its input as an array of its own, which may be moved; whole numbers stay as they are."""
    net = lw.Network(*row.layers(), seed=3, dtype="float64", **row.settings)
    return net, np.array(row.x)


def output(net, row, x, **options):
    return net.forward(x, training=row.training, seed=7, step=0, **row.given, **options)


def direction(net, row, seed):
    """A random direction of all parameters; none for the row of padding."""
    theta, net.theta = net.theta.copy(), numbers(net.theta.size, seed=seed)
    if row.still:
        net.parameters()[row.still][0] = 0
    u, net.theta = net.theta.copy(), theta
    return u


def moved(net, x, u_theta, u_x, value):
    """The slope of value() along a direction of parameters and input: moved both ways, and put back."""
    theta, before, found = net.theta.copy(), x.copy(), []
    for step in (EPS, -EPS):
        net.theta = theta + step * u_theta
        if u_x is not None:
            x[...] = before + step * u_x
        found.append(value())
    net.theta = theta
    x[...] = before
    return (found[0] - found[1]) / (2 * EPS)


def assert_close(analytic, numeric):
    assert abs(analytic - numeric) <= max(1e-8, TOLERANCE * (abs(analytic) + abs(numeric)))


@each_network
def test_the_jacobian_between_random_directions(name, tally):
    """Of the output by parameters and input at once: vᵀ J u."""
    row = NETWORKS[name]
    net, x = made(row)
    for seed in DIRECTIONS:
        net.zero_grad()
        y, backward = output(net, row, x)
        v, u_theta = numbers(*y.shape, seed=10 + seed), direction(net, row, 20 + seed)
        dx = backward(v)
        u_x = None if dx is None else numbers(*x.shape, seed=30 + seed)
        analytic = net.grad @ u_theta + (0 if dx is None else (dx * u_x).sum())
        assert_close(analytic, moved(net, x, u_theta, u_x, lambda v=v: (v * output(net, row, x)[0]).sum()))
    tally.whole(name, len(DIRECTIONS))


@each_network
def test_the_step_that_training_makes(name, tally):
    """One step of gradient descent goes along the slope of loss plus penalty, clipped as the arguments say."""
    row = NETWORKS[name]
    net, x = made(row)
    weights = net.decay_mask

    def cost():
        value, _ = row.loss(output(net, row, x)[0], row.target, row.weight)
        return value + (row.regularizer(net.theta * weights)[0] if row.regularizer else 0)

    theta = net.theta.copy()
    net.zero_grad()
    y, backward = output(net, row, x, input_gradient=False)
    assert backward(row.loss(y, row.target, row.weight)[1]()) is None
    Update(net, lw.GradientDescent(), None, row.regularizer, row.clip_norm, row.clip_value)(lr=0.5)
    descent, net.theta = (theta - net.theta) / 0.5, theta
    if row.clip_norm is None and row.clip_value is None:
        for seed in DIRECTIONS:
            u = direction(net, row, 40 + seed)
            assert_close(descent @ u, moved(net, x, u, None, cost))
    else:
        expected = clipped(slope(cost, net.theta), row)
        assert not np.allclose(expected, slope(cost, net.theta), rtol=0.01), "there is something to clip"
        for seed in DIRECTIONS:
            u = direction(net, row, 40 + seed)
            assert_close(descent @ u, expected @ u)
    tally.whole(name, len(DIRECTIONS))


def clipped(gradient, row):
    """By value, then by norm, with torch's 10⁻⁶."""
    if row.clip_value is not None:
        gradient = np.clip(gradient, -row.clip_value, row.clip_value)
    if row.clip_norm is not None:
        gradient = gradient * min(1, row.clip_norm / (np.linalg.norm(gradient) + 1e-6))
    return gradient


def test_there_are_enough_networks():
    assert len(NETWORKS) >= 30
