"""A sick run for adam-after-the-end, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import quantities

import layerwise as lw


def run(optimizer):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 100)), rng.normal(size=(32, 1))
    net = lw.Network(lw.Linear(100, 1), dtype="float64", seed=1)
    run = quantities(net=net, train=(x, y), validation=None, optimizer=optimizer)
    return run | {"epochs": 1500, "batch_size": 32}


def sick():
    return run(lw.Adam(lr=0.02))


def healthy():
    return run(lw.SGD(lr=0.02))
