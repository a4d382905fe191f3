"""A sick run for saturated-units, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(size):
    net = lw.Network(*layers(4, 16, 16, outputs=3, activation=lw.Sigmoid), seed=1)
    net[2].weight = size * net[2].weight
    net[2].bias = np.linspace(-size, size, 16)
    return labels(net=net, optimizer=lw.SGD(lr=0.2), epochs=60)


def sick():
    return run(200.0)


def healthy():
    return labels(net=lw.Network(*layers(4, 16, outputs=3, activation=lw.Sigmoid), seed=1), epochs=40)
