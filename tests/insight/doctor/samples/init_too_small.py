"""A sick run for init-too-small, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(init):
    row = layers(4, 16, 16, outputs=3, activation=lw.Tanh, init=init)
    return labels(net=lw.Network(*row, seed=1), optimizer=lw.SGD(lr=0.2), epochs=30)


def sick():
    return run({"name": "normal", "std": 1e-3})


def healthy():
    return run("xavier_normal")
