"""A sick run for update-wrong, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def run(moved):
    def step(net, x, target):
        net.zero_grad()
        net.backpropagate(x, target, lw.CrossEntropyLoss())
        net.theta -= 0.2 * net.grad * moved(net)

    return labels(optimizer=lw.SGD(lr=0.2), step=step, epochs=30)


def sick():
    """Biases are forgotten."""
    return run(lambda net: net.decay_mask)


def healthy():
    return run(lambda net: 1)
