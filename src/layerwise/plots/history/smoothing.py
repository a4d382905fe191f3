"""A smoothed curve: an exponential mean that is right from its first point, and knows nothing of how many there are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import positive
from layerwise.errors import ShapeError
from layerwise.types import Array


def smoothed(values: Any, half_life: float, at: Any = None) -> Array:
    """The mean of what has been, in which a point counts half as much for every `half_life` that has passed since.

    m_t = Σ_s 2^(-(t-s)/h) v_s / Σ_s 2^(-(t-s)/h), over s ≤ t: the bias towards 0 at the start, which a running
    m ← β m + (1-β) v has, is divided out. Only the past counts, so that a longer curve is smoothed
    alike. values: (N,); what is not finite counts for nothing, and has the mean so far. half_life: in the
    unit of `at`, above 0. at: (N,), where the points are, rising; 0, 1, 2, ... unless given.
    Source: Kingma and Ba, Adam, ICLR 2015, section 3 (the correction of the bias).

    >>> smoothed([4.0, 4.0, 4.0], half_life=10).tolist()
    [4.0, 4.0, 4.0]
    >>> smoothed([0.0, 3.0], half_life=1).round(6).tolist()         # (0 / 2 + 3) / (1 / 2 + 1)
    [0.0, 2.0]
    """
    numbers, half_life = real_array("values", values, np.float64), positive("half_life", half_life)
    places = np.arange(len(numbers), dtype=np.float64) if at is None else real_array("at", at, np.float64)
    if numbers.ndim != 1 or places.shape != numbers.shape:
        raise ShapeError(f"values and at must be two rows of equal length, got {numbers.shape} and {places.shape}")
    found, total, weight, before = np.full(len(numbers), np.nan), 0.0, 0.0, 0.0
    for place, (where, value) in enumerate(zip(places.tolist(), numbers.tolist(), strict=True)):
        decay = 0.5 ** ((where - before) / half_life) if weight else 0.0
        total, weight, before = total * decay, weight * decay, where
        if math.isfinite(value):
            total, weight = total + value, weight + 1
        if weight:
            found[place] = total / weight
    return found
