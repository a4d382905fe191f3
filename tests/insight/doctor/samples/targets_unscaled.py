"""A sick run for targets-unscaled, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import quantities


def run(scale, shift):
    whole = quantities()
    return whole | {part: (whole[part][0], scale * whole[part][1] + shift) for part in ("train", "validation")}


def sick():
    return run(1000.0, 30_000.0)


def healthy():
    return run(1.0, 0.0)
