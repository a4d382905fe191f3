"""When a run leaves the range of the numbers: noticing it, and saying why in plain words."""

from __future__ import annotations

import math

from layerwise.types import Array

GROWTH = 1e6
"""A loss this many times the larger of 1 and the first loss will not come back."""


def has_diverged(loss: float, first_loss: float) -> bool:
    """Whether a loss is not finite, or out of all proportion to the first one.

    >>> has_diverged(float("nan"), 2.3), has_diverged(3e9, 2.3), has_diverged(5.0, 2.3)
    (True, True, False)
    """
    return not math.isfinite(loss) or loss > GROWTH * max(1.0, first_loss)


def cause(x: Array, target: Array, lr: float, updates: int) -> str:
    """The most likely cause of a divergence after so many updates, and what to do about it.

    Inputs and targets far from 1 come first: with them, any usual learning rate is too large.

    >>> import numpy as np
    >>> cause(np.array([[0.5, -2e4]]), np.array([0]), lr=0.1, updates=7)
    'The inputs reach 2e+04: scale them to about -1 to 1, as lw.data does.'
    """
    largest_x = _largest(x)
    if largest_x > 1e3:
        return f"The inputs reach {largest_x:.3g}: scale them to about -1 to 1, as lw.data does."
    largest_target = _largest(target) if target.dtype.kind == "f" else 0.0
    if largest_target > 1e3:
        return f"The targets reach {largest_target:.3g}: scale them to about -1 to 1, as lw.data does."
    if updates == 0 or lr == 0:  # nothing has been moved yet
        return "The weights are too large from the start: begin with a fresh network, such as lw.Network(...)."
    return f"The learning rate {lr:.3g} is too large here: try {min(lr / 10, 0.01):.3g}, or clip_norm=1."


def _largest(values: Array) -> float:
    """The largest size of a number; without a copy, since the values may be larger than the memory."""
    return max(abs(float(values.max(initial=0))), abs(float(values.min(initial=0))))
