"""A sick run for dead-units, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(bias):
    net = lw.Network(*layers(4, 16, outputs=3), seed=1)
    net[0].bias = np.full(16, bias)
    return labels(net=net)


def sick():
    return run(-50.0)


def healthy():
    return run(0.0)
