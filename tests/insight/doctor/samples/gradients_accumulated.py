"""A sick run for gradients-accumulated, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def run(clears):
    def step(net, x, target):
        if clears:
            net.zero_grad()
        net.backpropagate(x, target, lw.CrossEntropyLoss())
        net.theta -= 0.1 * net.grad

    return labels(optimizer=lw.SGD(lr=0.1), step=step, epochs=30)


def sick():
    return run(clears=False)


def healthy():
    return run(clears=True)
