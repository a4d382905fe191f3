"""Central differences, written apart from the library's own gradient check, so that the two can not share a mistake."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

EPS = 1e-5


def slope(function: Callable[[], float], array: np.ndarray) -> np.ndarray:
    """The gradient of function() by `array`, which it reads: every element moved up and down in place (float64)."""
    gradient = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        old = array[place]
        array[place] = old + EPS
        above = function()
        array[place] = old - EPS
        below = function()
        array[place] = old
        gradient[place] = (above - below) / (2 * EPS)
    return gradient


def assert_slope(analytic: np.ndarray, numeric: np.ndarray, tolerance: float = 1e-7) -> None:
    """‖n - a‖ / (‖n‖ + ‖a‖) within the tolerance, or everything within 1e-8 where the gradient is near 0."""
    assert analytic.shape == numeric.shape
    distance = np.linalg.norm(numeric - analytic)
    size = np.linalg.norm(numeric) + np.linalg.norm(analytic)
    assert distance <= tolerance * size or np.abs(numeric - analytic).max(initial=0) <= 1e-8
