"""A sick run for echo, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import layers, quantities

import layerwise as lw


def run(series):
    series = (series - series.mean()) / series.std()
    windows = np.stack([series[start : start + 6] for start in range(len(series) - 6)])
    target = series[6:, None]
    net = lw.Network(*layers(6, 12, outputs=1, activation=lw.Tanh), seed=1)
    return quantities(net=net, train=(windows[:200], target[:200]), validation=(windows[200:], target[200:]))


def sick():
    """A random walk, whose best forecast is where it is now."""
    return run(np.cumsum(np.random.default_rng(0).normal(size=320)))


def healthy():
    return run(np.sin(0.5 * np.arange(320)) + 0.05 * np.random.default_rng(0).normal(size=320))
