"""A sick run for imbalance, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(shift, noise):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    t = (x[:, 0] + noise * rng.normal(size=300) > shift).astype(int)
    net = lw.Network(*layers(4, 8, outputs=2), seed=1)
    return labels(net=net, train=(x[:200], t[:200]), validation=(x[200:], t[200:]), epochs=8)


def sick():
    return run(shift=3.5, noise=1.5)


def healthy():
    return run(shift=0.0, noise=0.3)
