"""A sick run for sigmoids-for-one-of-k, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    return labels(net=lw.Network(*layers(4, 8, outputs=3), lw.Sigmoid()))


def healthy():
    """Three questions of yes and no: there sigmoids are right."""
    run = labels(net=lw.Network(*layers(4, 8, outputs=3), lw.Sigmoid()), loss=lw.BCELoss())
    return run | {part: (x, np.eye(3)[t]) for part, (x, t) in ((p, run[p]) for p in ("train", "validation"))}
