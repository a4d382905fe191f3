"""What metrics are given, checked: rows of numbers, and one class for each of them."""

from __future__ import annotations

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.types import Array


def rows(name: str, values: Array) -> Array:
    """Real numbers (N, K), with at least one column."""
    array = real_array(name, values)
    if array.ndim != 2 or not array.shape[1]:
        raise ShapeError(f"{name} must be (N, K), got {array.shape}")
    return array


def whole_numbers(name: str, values: Array) -> Array:
    """Whole numbers, as labels are; yes and no are 1 and 0."""
    array = real_array(name, values)
    if array.dtype.kind == "f" and not (np.isfinite(array) & (array == np.floor(array))).all():
        raise KindError(f"{name} must hold whole numbers, got {array.dtype}: number the classes 0, 1, 2, ...")
    return array.astype(np.int64)


def one_a_row(name: str, values: Array, other: str, rows: Array) -> Array:
    """One number (N,) for each of N rows; (N, 1) will do."""
    array = real_array(name, values)
    require_same_length(other, rows, name, array)
    if array.size != len(rows):
        raise ShapeError(f"{name} must hold one number a row, got {array.shape}")
    return array.reshape(len(rows))


def require_in_range(name: str, labels: Array, classes: int) -> None:
    if len(labels) and not (labels.min() >= 0 and labels.max() < classes):  # -1 would be taken as the last class
        raise DataError(f"{name} must lie in 0 to {classes - 1}, got {labels.min()} to {labels.max()}")


def refuse_nan(name: str, array: Array) -> None:
    """Infinity is welcome: it rules a class in or out."""
    if np.isnan(array).any():
        require_finite(name, np.where(np.isnan(array), array, 0.0))


def require_same_length(name: str, array: Array, other_name: str, other: Array) -> None:
    if array.ndim == 0 or other.ndim == 0 or len(array) != len(other):
        sizes = [str(len(each)) if each.ndim else "a single number" for each in (array, other)]
        raise ShapeError(f"{name} and {other_name} must be equally long, got {' and '.join(sizes)}")


def refuse_empty(name: str, array: Array) -> None:
    if not array.size:
        raise DataError(f"a share or a mean of nothing is not a number: {name} is empty")
