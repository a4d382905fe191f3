"""A sick run for init-identical, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    net = lw.Network(*layers(4, 16, outputs=3))
    net.theta = np.full(net.theta.shape, 0.1)
    return labels(net=net)


def healthy():
    """A last layer of zeros is no harm: its units part at the first update."""
    return labels(net=lw.Network(*layers(4, 16, outputs=3)[:-1], lw.Linear(16, 3, init="zeros")))
