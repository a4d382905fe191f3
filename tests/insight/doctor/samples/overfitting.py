"""A sick run for overfitting, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(rows, width, epochs):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 10))
    t = (x[:, 0] + rng.normal(size=400) > 0).astype(int)
    net = lw.Network(*layers(10, width, outputs=2), seed=1)
    run = labels(net=net, train=(x[:rows], t[:rows]), validation=(x[200:], t[200:]))
    return run | {"optimizer": lw.Adam(lr=0.01), "epochs": epochs}


def sick():
    return run(rows=60, width=200, epochs=80)


def healthy():
    return run(rows=200, width=4, epochs=15)
