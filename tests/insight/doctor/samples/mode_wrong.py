"""A sick run for mode-wrong, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels

import layerwise as lw


class DropoutAlways(lw.Layer):
    """Drops in evaluation, too."""

    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)

    def forward(self, x, pass_):
        mask = (2 * (self.rng.random(x.shape) > 0.5)).astype(x.dtype)
        return x * mask, lambda dy: dy * mask

    def output_shape(self, shape):
        return shape


def sick():
    return labels(net=lw.Network(lw.Linear(4, 16), lw.ReLU(), DropoutAlways(), lw.Linear(16, 3)))


def healthy():
    return labels(net=lw.Network(lw.Linear(4, 16), lw.ReLU(), lw.Dropout(0.2), lw.Linear(16, 3)), epochs=30)
