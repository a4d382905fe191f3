"""A sick run for labels-damaged, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels


def sick():
    """Divided by 255 as the images should have been."""
    run = labels()
    return run | {"train": (run["train"][0], run["train"][1] // 255)}


def healthy():
    return labels()
