"""A sick run for plateau, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    net = lw.Network(*layers(4, 16, outputs=3), seed=1)
    net[0].bias = np.full(16, -50.0)
    return labels(net=net)


def healthy():
    return labels()
