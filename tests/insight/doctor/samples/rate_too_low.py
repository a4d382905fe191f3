"""A sick run for rate-too-low, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels

import layerwise as lw


def sick():
    return labels(optimizer=lw.Adam(lr=1e-5))


def healthy():
    return labels()
