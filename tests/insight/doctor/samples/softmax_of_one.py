"""A sick run for softmax-of-one, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import layers, yes_no

import layerwise as lw


def sick():
    return yes_no(net=lw.Network(*layers(4, 8, outputs=1), lw.Softmax()), loss=lw.BCELoss())


def healthy():
    return yes_no(net=lw.Network(*layers(4, 8, outputs=1), lw.Sigmoid()), loss=lw.BCELoss())
