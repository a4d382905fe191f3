"""A sick run for relu-on-logits, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, layers

import layerwise as lw


def sick():
    return labels(net=lw.Network(*layers(4, 8, outputs=3), lw.ReLU()))


def healthy():
    return labels()
