"""A sick run for input-ignored, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


class Forgotten(lw.Layer):
    """Gives a constant in place of what comes in."""

    def forward(self, x, pass_):
        return x * 0 + 0.5, lambda dy: dy * 0

    def output_shape(self, shape):
        return shape


def sick():
    return labels(net=lw.Network(lw.Linear(4, 8), Forgotten(), lw.Linear(8, 3)))


def healthy():
    return labels(net=lw.Network(lw.Linear(4, 8), lw.Identity(), lw.Linear(8, 3)))
