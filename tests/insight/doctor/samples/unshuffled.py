"""A sick run for unshuffled, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels


def batches(order):
    run = labels()
    x, t = run["train"]
    rows = np.argsort(t, kind="stable") if order else np.arange(len(t))
    return run | {"train": [(x[rows[start : start + 20]], t[rows[start : start + 20]]) for start in range(0, 100, 20)]}


def sick():
    return batches(order=True)


def healthy():
    return batches(order=False)
