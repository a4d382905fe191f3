"""A sick run for inputs-unscaled, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def run(size):
    whole = labels(optimizer=lw.SGD(lr=0.1))
    return whole | {part: (size * whole[part][0], whole[part][1]) for part in ("train", "validation")}


def sick():
    return run(300.0)


def healthy():
    return run(1.0)
