"""A sick run for exploding, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels

import layerwise as lw


def run(gain):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(150, 12, 1))
    t = (x[:, -1, 0] > 0).astype(int)
    net = lw.Network(lw.RNN(1, 12, nonlinearity="relu", output="last"), lw.Linear(12, 2), seed=1)
    net[0].weight_hh_l0 = gain * net[0].weight_hh_l0
    run = labels(net=net, train=(x[:100], t[:100]), validation=(x[100:], t[100:]))
    return run | {"optimizer": lw.SGD(lr=0.1), "epochs": 30}


def sick():
    return run(8.0)


def healthy():
    return run(1.0)
