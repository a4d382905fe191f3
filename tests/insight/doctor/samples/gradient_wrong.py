"""A sick run for gradient-wrong, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels

import layerwise as lw


class TanhOfTanh(lw.Layer):
    """Takes the slope of tanh at the activated value."""

    def forward(self, x, pass_):
        y = np.tanh(x)
        return y, lambda dy: dy * (1 - np.tanh(y) ** 2)

    def output_shape(self, shape):
        return shape


class OwnTanh(TanhOfTanh):
    def forward(self, x, pass_):
        y = np.tanh(x)
        return y, lambda dy: dy * (1 - y**2)


def sick():
    return labels(net=lw.Network(lw.Linear(4, 16), TanhOfTanh(), lw.Linear(16, 3)))


def healthy():
    return labels(net=lw.Network(lw.Linear(4, 16), OwnTanh(), lw.Linear(16, 3)))
