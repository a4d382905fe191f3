"""A sick run for underfitting, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels

import layerwise as lw


def rings(rows=150):
    rng = np.random.default_rng(0)
    t = rng.integers(0, 2, rows)
    angle = rng.uniform(0, 2 * np.pi, rows)
    radius = 1 + t + 0.1 * rng.normal(size=rows)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), t


def run(*row):
    x, t = rings()
    return labels(net=lw.Network(*row, seed=1), train=(x[:100], t[:100]), validation=(x[100:], t[100:]), epochs=60)


def sick():
    """Two layers without an activation between them are a straight line."""
    return run(lw.Linear(2, 16), lw.Linear(16, 2))


def healthy():
    return run(lw.Linear(2, 16), lw.ReLU(), lw.Linear(16, 2))
