"""A sick run for diverged, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import quantities

import layerwise as lw


def sick():
    return quantities(optimizer=lw.SGD(lr=50.0))


def healthy():
    return quantities()
