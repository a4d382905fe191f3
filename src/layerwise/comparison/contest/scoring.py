"""Scores of answers, all so that more is better, and how far each is on the way from a dummy to perfect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.checks import one_of
from layerwise.types import Array
from layerwise.wording import percent, quantity

_FLOOR = 1e-7


@dataclass(frozen=True)
class Measure:
    """A score. name: for tables. perfect: the best there is, as a gain. rising: whether the score itself rises.

    gain: from (y, answer) to a number that is higher for better answers: the score, or minus the score. loss: of each
    row, (N,), which the gain is a mean of, or the root of a mean.
    """

    name: str
    perfect: float
    rising: bool
    gain: Callable[[Array, Array], float]
    loss: Callable[[Array, Array], Array]

    def words(self, gain: float) -> str:
        """The score behind a gain, as people read it."""
        if not np.isfinite(gain):
            return "-"
        value = gain if self.rising else -gain
        return percent(value) if self.name in ("accuracy", "balanced accuracy") else quantity(value)

    def score(self, gain: float) -> float:
        """The score behind a gain."""
        return gain if self.rising else -gain


def measure_of(task: str, metric: str | None) -> Measure:
    """The measure by name: accuracy (unless given), balanced_accuracy or log_loss of classes; rmse of quantities."""
    known = CLASS_MEASURES if task == "classification" else QUANTITY_MEASURES
    return known[one_of("metric", metric or next(iter(known)), known)]


def _accuracy(y: Array, probabilities: Array) -> float:
    return float(np.mean(probabilities.argmax(axis=1) == y))


def _balanced(y: Array, probabilities: Array) -> float:
    right = probabilities.argmax(axis=1) == y
    return float(np.mean([right[y == label].mean() for label in np.unique(y)]))


def _log_likelihood(y: Array, probabilities: Array) -> float:
    return float(np.mean(np.log(np.maximum(probabilities[np.arange(len(y)), y], _FLOOR))))


def _negative_rmse(y: Array, answers: Array) -> float:
    return -float(np.sqrt(np.mean((answers - y) ** 2)))


def _wrong(y: Array, probabilities: Array) -> Array:
    return (probabilities.argmax(axis=1) != y).astype(np.float64)


def _wrong_by_class(y: Array, probabilities: Array) -> Array:
    """Wrong answers, each class weighing the same."""
    counts = np.bincount(y)
    return _wrong(y, probabilities) * len(y) / (np.count_nonzero(counts) * counts[y])


def _surprise(y: Array, probabilities: Array) -> Array:
    return -np.log(np.maximum(probabilities[np.arange(len(y)), y], _FLOOR))


def _square(y: Array, answers: Array) -> Array:
    return (answers - y) ** 2


CLASS_MEASURES = {
    "accuracy": Measure("accuracy", 1.0, True, _accuracy, _wrong),
    "balanced_accuracy": Measure("balanced accuracy", 1.0, True, _balanced, _wrong_by_class),
    "log_loss": Measure("log loss", 0.0, False, _log_likelihood, _surprise),
}
QUANTITY_MEASURES = {"rmse": Measure("RMSE", 0.0, False, _negative_rmse, _square)}


def reliability(y: Array, probabilities: Array, bins: int = 10) -> Array:
    """(3, bins), by the stated probability of the answer: how many answers, how many right ones, and the sum stated.

    >>> reliability(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]), bins=2)
    array([[0. , 2. ],
           [0. , 1. ],
           [0. , 1.5]])
    """
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == y
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    return np.stack([np.bincount(bin_of, each, bins) for each in (np.ones(len(y)), right, sure)])


def calibration_error(table: Array) -> float:
    """The expected calibration error: how far stated probabilities are from how often the answer is right.

    Σ_b (n_b / N) |accuracy_b - mean probability_b| over the bins of `reliability`; of several folds, their sum.
    Source: Guo et al., On calibration of modern neural networks, 2017.

    >>> float(calibration_error(reliability(np.array([0, 1]), np.array([[1.0, 0.0], [1.0, 0.0]]))))
    0.5
    """
    counts, right, sure = table
    return float(np.abs(right - sure).sum() / counts.sum())
