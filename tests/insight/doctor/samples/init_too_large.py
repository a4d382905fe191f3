"""A sick run for init-too-large, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(init):
    row = layers(4, 64, 64, outputs=3, init=init)
    return labels(net=lw.Network(*row, seed=1), optimizer=lw.SGD(lr=0.01), epochs=20)


def sick():
    return run({"name": "normal", "std": 2.0})


def healthy():
    return run("he_normal")
