"""A sick run for start-loss, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    net = lw.Network(*layers(4, 16, outputs=3), seed=1)
    net[2].weight = 40 * net[2].weight
    return labels(net=net)


def healthy():
    return labels()
