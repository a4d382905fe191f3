"""A sick run for axes-swapped, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels

import layerwise as lw


class SoftmaxOverRows(lw.Layer):
    axis = 0

    def forward(self, x, pass_):
        e = np.exp(x - x.max(axis=self.axis, keepdims=True))
        y = e / e.sum(axis=self.axis, keepdims=True)
        return y, lambda dy: y * (dy - (dy * y).sum(axis=self.axis, keepdims=True))

    def output_shape(self, shape):
        return shape


class SoftmaxOverFeatures(SoftmaxOverRows):
    axis = -1


def sick():
    return labels(net=lw.Network(lw.Linear(4, 8), SoftmaxOverRows(), lw.Linear(8, 3)), epochs=5)


def healthy():
    return labels(net=lw.Network(lw.Linear(4, 8), SoftmaxOverFeatures(), lw.Linear(8, 3)), epochs=30)
