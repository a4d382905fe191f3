"""How far answers that are quantities are from the truth."""

from __future__ import annotations

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.errors import DataError, ShapeError
from layerwise.metrics.checked import refuse_empty, require_same_length
from layerwise.types import Array


def rmse(prediction: Array, y: Array) -> float:
    """√(mean of the squared errors), in the unit of y: large errors count most. Of several columns, the mean of theirs.

    prediction: (N,) or (N, K).
    y: the truth, of the same shape, finite.
    Source: Willmott and Matsuura, Advantages of the mean absolute error, Climate Research 30 (2005), which compares it.

    >>> rmse(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.4142135623730951
    """
    errors, _ = _errors(prediction, y)
    with np.errstate(over="ignore"):
        return float(np.sqrt((errors**2).mean(axis=0)).mean())


def mae(prediction: Array, y: Array) -> float:
    """The mean of the absolute errors, in the unit of y.

    prediction: (N,) or (N, K).
    y: the truth, of the same shape, finite.
    Source: Willmott and Matsuura, Advantages of the mean absolute error, Climate Research 30 (2005).

    >>> mae(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    errors, _ = _errors(prediction, y)
    return float(np.abs(errors).mean())


def r2(prediction: Array, y: Array) -> float:
    """1 - (sum of squared errors) / (sum of squared differences from the mean of y): 1 is perfect, 0 is the mean.

    Of several columns, which may have units of their own, the mean of their R².
    prediction: (N,) or (N, K).
    y: the truth, of the same shape, finite; each column has numbers that differ.
    Source: Wright, Correlation and causation, Journal of Agricultural Research 20 (1921).

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.7857142857142857
    >>> r2(np.array([[1.0, 11.0]] * 3), np.array([[0.0, 10.0], [1.0, 11.0], [2.0, 12.0]]))   # the means of both columns
    0.0
    """
    errors, y = _errors(prediction, y)
    same = (y == y[0]).all(axis=0)
    if same.any():
        where = f" in column {int(same.argmax())}" if same.size > 1 else " here"
        raise DataError(f"R² needs targets that differ: all of them are equal{where}")
    with np.errstate(over="ignore"):
        share = (errors**2).sum(axis=0) / ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    return float((1 - share).mean())


def _errors(prediction: Array, y: Array) -> tuple[Array, Array]:
    """y - prediction, which may be infinite or NaN where the prediction is, and y; both in float64."""
    prediction, y = real_array("prediction", prediction, np.float64), real_array("y", y, np.float64)
    require_same_length("prediction", prediction, "y", y)
    if prediction.shape != y.shape:  # (N, 1) against (N,) would broadcast to (N, N)
        raise ShapeError(f"prediction and y must have equal shapes, got {prediction.shape} and {y.shape}")
    refuse_empty("prediction", prediction)
    require_finite("y", y)
    with np.errstate(over="ignore"):
        return y - prediction, y
