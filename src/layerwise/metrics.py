"""Measures of how good answers are, as people read them: pure functions of predictions and truth."""

from __future__ import annotations

import math

import numpy as np

from layerwise.checks import fraction, whole_number
from layerwise.errors import DataError, ShapeError
from layerwise.types import Array


def accuracy(logits: Array, labels: Array) -> float:
    """The share of samples whose largest logit is at the true class.

    logits: (N, K), or (N, 1) for a yes-or-no answer, which is yes above 0. labels: (N,) or (N, 1).

    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]]), np.array([0, 1, 1]))
    0.6666666666666666
    """
    _same_length("logits", logits, "labels", labels)
    return float(np.mean(predicted_classes(logits) == np.reshape(labels, len(logits))))


def predicted_classes(logits: Array) -> Array:
    """The class (N,) that each row of logits stands for: the largest, or for one column its sign."""
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).astype(np.int64)
    return logits.argmax(axis=1)


def confusion_matrix(predicted: Array, labels: Array, classes: int) -> Array:
    """Counts (K, K): row is the true class, column the predicted one.

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    for name, each in (("predicted", predicted), ("labels", labels)):
        if len(each) and not (each.min() >= 0 and each.max() < classes):  # negative indices would count from the end
            raise DataError(f"{name} must lie in 0 to {classes - 1}, got {each.min()} to {each.max()}")
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def majority_share(labels: Array) -> float:
    """The accuracy of always answering with the most frequent class.

    >>> majority_share(np.array([0, 1, 1, 1]))
    0.75
    """
    if not len(labels):
        raise DataError("the most frequent class of no labels is not known: give at least one")
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def r2(prediction: Array, y: Array) -> float:
    """1 - (sum of squared errors) / (sum of squared differences from the mean of y): 1 is perfect, 0 is the mean.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.7857142857142857
    """
    _same_length("prediction", prediction, "y", y)
    if prediction.shape != y.shape:  # (N, 1) against (N,) would broadcast to (N, N)
        raise ShapeError(f"prediction and y must have equal shapes, got {prediction.shape} and {y.shape}")
    y = y.astype(np.float64)
    spread = ((y - y.mean()) ** 2).sum()
    if spread == 0:
        raise DataError("R² needs targets that differ: all of them are equal here")
    return float(1 - ((y - prediction) ** 2).sum() / spread)


def wilson_interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """The range that a true share may well have when `share` was seen in n samples (95 % for z = 1.96).

    It stays inside [0, 1] and is right for shares near 1, where the textbook ± 1.96 √(p(1-p)/n) is not.
    Source: Wilson, Probable inference, JASA 22 (1927).

    >>> low, high = wilson_interval(0.97, 360)
    >>> round(low, 3), round(high, 3)
    (0.947, 0.983)
    """
    share, n = fraction("share", share, one_allowed=True), whole_number("n", n)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _same_length(name: str, array: Array, other_name: str, other: Array) -> None:
    if len(array) != len(other):
        raise ShapeError(f"{name} and {other_name} must be equally long, got {len(array)} and {len(other)}")
    if not len(array):
        raise DataError(f"a share or a mean of nothing is not a number: {name} is empty")
