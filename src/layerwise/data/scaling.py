"""Scaling of columns: (value - mean) / scale, learnt on the training part and used on every part.

Learning it on all the data would let the test part speak in training. All arithmetic is in float64 and rounded to
float32 once, at the end, so a column gives the same bits whether it comes alone or in a matrix.
"""

from __future__ import annotations

import numpy as np

from layerwise.errors import DataError
from layerwise.types import Array

_ROWS = 512
"""Rows scaled at a time: their float64 copies stay in the cache."""
_DIGITS = 6
"""After the first one: what float32 keeps of a number."""
_LARGEST_POWER = 300


def learn_scaling(name: str, values: Array) -> tuple[float, float]:
    """The mean and the standard deviation (divided by N) of a training column.

    A constant column gets its value as mean and scale 1, so it becomes 0, not 0 / 0. Errors: `DataError` for
    values so large that their spread is not a number.

    >>> learn_scaling("age", np.array([1.0, 3.0]))
    (2.0, 1.0)
    >>> learn_scaling("age", np.array([0.1, 0.1, 0.1]))
    (0.1, 1.0)
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low, 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        mean, scale = float(values.mean()), float(values.std())
    if not (np.isfinite(mean) and np.isfinite(scale)):
        raise DataError(f"the column {name!r} runs from {low:g} to {high:g}, too far to scale: use a smaller unit")
    if scale == 0:  # the values differ by less than their squares can show
        return mean, 1.0
    return mean, scale


def restored(values: Array, mean: float, scale: float) -> Array:
    """Scaled float32 values back as they came, in float64, without the digits that float32 did not keep.

    >>> restored(standardise(np.array([[0.0], [0.3]]), np.array([0.1]), np.array([0.7])), 0.1, 0.7).ravel().tolist()
    [0.0, 0.3]
    """
    far = values.astype(np.float64) * scale
    kept = abs(mean) + np.abs(far)
    digits = _DIGITS - np.floor(np.log10(np.where(kept > 0, kept, 1.0)))
    power = 10.0 ** np.minimum(np.abs(digits), _LARGEST_POWER)
    value = far + mean
    with np.errstate(over="ignore"):  # in the one of the two that is not taken
        return np.where(digits > 0, np.round(value * power) / power, np.round(value / power) * power) + 0.0


def standardise(values: Array, mean: float | Array, scale: float | Array) -> Array:
    """(values - mean) / scale in float32, C-contiguous, of the shape of `values` (N,) or (N, D).

    >>> standardise(np.array([0, 255], dtype=np.uint8), 0.0, 255.0)
    array([0., 1.], dtype=float32)
    """
    result = np.empty(values.shape, dtype=np.float32)
    with np.errstate(over="ignore"):  # a value beyond float32 becomes inf, which the caller reports by its place
        if values.ndim == 1:
            result[:] = (values.astype(np.float64) - mean) / scale
            return result
        for start in range(0, len(values), _ROWS):
            rows = slice(start, start + _ROWS)
            result[rows] = (values[rows].astype(np.float64) - mean) / scale
    return result
