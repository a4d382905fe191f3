"""A sick run for output-range, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import layers, quantities

import layerwise as lw


def sick():
    return quantities(net=lw.Network(*layers(4, 8, outputs=1), lw.Sigmoid()))


def healthy():
    """A sigmoid for shares, which lie in its range."""
    run = quantities(net=lw.Network(*layers(4, 8, outputs=1), lw.Sigmoid()))
    return run | {part: (run[part][0], 1 / (1 + np.exp(-run[part][1]))) for part in ("train", "validation")}
