"""A sick run for leak, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import layers, quantities

import layerwise as lw


def run(leaks):
    whole = quantities(net=lw.Network(*layers(5, 16, outputs=1), seed=1))
    rng = np.random.default_rng(0)
    found = {}
    for part in ("train", "validation"):
        x, y = whole[part]
        y = y + rng.normal(size=y.shape)  # so that the other features tell half of it
        more = y + 0.01 * rng.normal(size=y.shape) if leaks else rng.normal(size=y.shape)
        found[part] = np.concatenate([x, more], axis=1), y
    return whole | found


def sick():
    return run(leaks=True)


def healthy():
    return run(leaks=False)
