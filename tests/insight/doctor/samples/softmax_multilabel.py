"""A sick run for softmax-multilabel, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(last):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 4))
    t = (x[:, :3] > 0).astype(np.float32)
    net = lw.Network(*layers(4, 16, outputs=3), last, seed=1)
    return labels(net=net, train=(x, t), validation=None, loss=lw.BCELoss())


def sick():
    return run(lw.Softmax())


def healthy():
    return run(lw.Sigmoid())
