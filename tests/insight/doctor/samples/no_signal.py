"""A sick run for no-signal, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import labels, without_relation


def sick():
    return without_relation(epochs=40)


def healthy():
    return labels()
