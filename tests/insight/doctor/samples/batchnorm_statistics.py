"""A sick run for batchnorm-statistics, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def run(momentum):
    row = [lw.Linear(4, 16), lw.BatchNorm1d(16, momentum=momentum), lw.ReLU(), lw.Linear(16, 3)]
    whole = labels(net=lw.Network(*row, seed=1), epochs=10)
    return whole | {part: (6 + 3 * whole[part][0], whole[part][1]) for part in ("train", "validation")}


def sick():
    """Running statistics that hardly move from where they begin."""
    return run(1e-4)


def healthy():
    return run(0.1)
