"""A sick run for valley, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import layers, yes_no

import layerwise as lw

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def run(hidden, seed):
    rng = np.random.default_rng(seed)
    net = lw.Network(*layers(2, hidden, outputs=1, activation=lw.Sigmoid), dtype="float64")
    net[0].weight, net[2].weight = rng.normal(size=(hidden, 2)), rng.normal(size=(1, hidden))
    net[0].bias, net[2].bias = np.zeros(hidden), np.zeros(1)
    return yes_no(net=net, train=XOR, validation=None, optimizer=lw.SGD(lr=1.0), batch_size=4, epochs=5000)


def sick():
    """Two hidden units, and a start from which they do not come through."""
    return run(2, 1)


def healthy():
    return run(8, 0)
