"""A sick run for rate-too-high, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import quantities

import layerwise as lw


def sick():
    return quantities(optimizer=lw.SGD(lr=2.0))


def healthy():
    return quantities(optimizer=lw.SGD(lr=0.1))
