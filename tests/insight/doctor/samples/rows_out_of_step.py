"""A sick run for rows-out-of-step, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels


def sick():
    """The labels have lost their first row."""
    run = labels()
    x, t = run["train"]
    return run | {"train": (x, np.roll(t, -1))}


def healthy():
    return labels()
