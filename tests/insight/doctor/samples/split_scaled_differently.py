"""A sick run for split-scaled-differently, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels


def sick():
    run = labels()
    return run | {"validation": (255 * run["validation"][0], run["validation"][1])}


def healthy():
    return labels()
