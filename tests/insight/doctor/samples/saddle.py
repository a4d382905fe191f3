"""A sick run for saddle, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import layers, quantities

import layerwise as lw


def run(size):
    """Whole batches, and weights near 0: there the gradient is almost 0, and no minimum."""
    net = lw.Network(*layers(4, 8, outputs=1, activation=lw.Tanh), seed=1)
    net.theta = size * net.theta
    return quantities(net=net, optimizer=lw.SGD(lr=0.02), batch_size=100, epochs=120)


def sick():
    return run(1e-4)


def healthy():
    return run(1.0) | {"epochs": 400}
