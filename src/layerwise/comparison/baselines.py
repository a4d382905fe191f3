"""What a network has to beat: answering without looking, and a linear model fitted to the same training part."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from layerwise.data import Dataset
from layerwise.types import Array

_MOST_ITERATIONS = 500
_FEWEST_ITERATIONS = 50
_BUDGET = 3e10
"""Multiplications for a forward pass over all iterations: some ten seconds. Small sets need far less."""


@dataclass(frozen=True)
class Baseline:
    """A model to compare with, and its answers on the test part.

    name: as it is shown. note: how it was fitted, where that is not obvious. answers: labels (N,), or quantities (N,)
    in the units of the target.
    """

    name: str
    note: str
    answers: Array


def most_frequent(data: Dataset) -> Baseline:
    """Always answer with the class that is most frequent in the training part; of equal ones, in all the data."""
    counts = [np.bincount(part.y, minlength=len(data.classes)) for part in (data.train, data.validation, data.test)]
    label = int(np.lexsort((-np.sum(counts, axis=0), -counts[0]))[0])
    return Baseline(f"always answering {data.classes[label]!r}", "", np.full(len(data.test.y), label, np.int64))


def logistic_regression(data: Dataset) -> Baseline:
    """scikit-learn's LogisticRegression with its defaults, on the training part, for at most 500 iterations.

    On large sets fewer: the last iterations would take longer than the network, and change little.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x = flat(data.train.x)
    affordable = int(_BUDGET / (x.size * len(data.classes)))
    iterations = min(_MOST_ITERATIONS, max(_FEWEST_ITERATIONS, affordable))
    model = LogisticRegression(max_iter=iterations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # told below, in the note
        model.fit(x, data.train.y)
    note = f"stopped at {iterations} iterations" if max(model.n_iter_) >= iterations else ""
    return Baseline("logistic regression", note, model.predict(flat(data.test.x)))


def training_mean(data: Dataset) -> Baseline:
    """Always answer with the mean of the training part."""
    mean = data.preparation.to_units(data.train.y).mean()
    return Baseline("always the training mean", "", np.full(len(data.test.y), mean))


def ridge_regression(data: Dataset) -> Baseline:
    """scikit-learn's Ridge with its defaults: linear least squares with a small penalty on the weights."""
    from sklearn.linear_model import Ridge

    model = Ridge().fit(flat(data.train.x).astype(np.float64), data.train.y.ravel().astype(np.float64))
    answers = model.predict(flat(data.test.x).astype(np.float64))
    return Baseline("linear regression (ridge)", "", data.preparation.to_units(answers))


def flat(x: Array) -> Array:
    """Samples as rows (N, D)."""
    return x.reshape(len(x), -1)
