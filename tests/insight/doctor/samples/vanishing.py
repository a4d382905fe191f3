"""A sick run for vanishing, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def run(activation):
    init = "he_normal" if activation is lw.ReLU else "xavier_normal"
    row = layers(4, *[16] * 7, outputs=3, activation=activation, init=init)
    return labels(net=lw.Network(*row, seed=1), optimizer=lw.SGD(lr=0.05), epochs=40)


def sick():
    return run(lw.Sigmoid)


def healthy():
    return run(lw.ReLU)
