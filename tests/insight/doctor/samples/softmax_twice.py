"""A sick run for softmax-twice, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    return labels(net=lw.Network(*layers(4, 8, outputs=3), lw.Softmax()))


def healthy():
    """A softmax of log-probabilities gives the probabilities: taken twice it changes nothing."""
    return labels(net=lw.Network(*layers(4, 8, outputs=3), lw.LogSoftmax()))
