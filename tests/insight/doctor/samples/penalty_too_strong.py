"""A sick run for penalty-too-strong, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def sick():
    return labels(regularizer=lw.L2(2.0))


def healthy():
    return labels(regularizer=lw.L2(1e-3))
