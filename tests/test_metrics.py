"""Metrics: by hand, and as scikit-learn computes them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.refusals import refused

from layerwise import metrics
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.random import generator

SIZES = [(1, 2), (7, 2), (100, 3), (1000, 10)]
each_size = pytest.mark.parametrize(("n", "k"), SIZES)


def answers(n, k):
    rng = generator(0, "answers", step=n)
    return rng.normal(size=(n, k)), rng.integers(k, size=n)


@each_size
def test_accuracy_as_sklearn(n, k):
    from sklearn.metrics import accuracy_score

    logits, labels = answers(n, k)
    right = accuracy_score(labels, logits.argmax(axis=1))
    assert metrics.accuracy(logits, labels) == pytest.approx(right, rel=1e-15)
    assert metrics.accuracy(logits, labels[:, None]) == metrics.accuracy(logits, labels)
    one_column = logits[:, 1:2] - logits[:, 0:1]
    assert metrics.accuracy(one_column, labels > 0) == accuracy_score(labels > 0, one_column[:, 0] > 0)


@each_size
def test_confusion_matrix_as_sklearn(n, k):
    from sklearn.metrics import confusion_matrix

    logits, labels = answers(n, k)
    predicted = metrics.predicted_classes(logits)
    ours = metrics.confusion_matrix(predicted, labels, k)
    np.testing.assert_array_equal(ours, confusion_matrix(labels, predicted, labels=range(k)))
    assert ours.sum() == n
    assert np.trace(ours) / n == pytest.approx(metrics.accuracy(logits, labels))


@pytest.mark.parametrize("shape", [(5,), (100,), (50, 1)])
def test_r2_as_sklearn(shape):
    from sklearn.metrics import r2_score

    rng = generator(1, "r2", layer=str(shape))
    y = 1e4 + 3 * rng.normal(size=shape)
    prediction = y + rng.normal(size=shape)
    assert metrics.r2(prediction, y) == pytest.approx(r2_score(y, prediction), rel=1e-9)
    assert metrics.r2(y, y) == 1
    assert metrics.r2(np.full(shape, y.mean()), y) == pytest.approx(0, abs=1e-12)


def test_majority_share_is_sklearns_dummy():
    from sklearn.dummy import DummyClassifier

    labels = generator(2, "labels").integers(3, size=50)
    dummy = DummyClassifier(strategy="most_frequent").fit(np.zeros((50, 1)), labels)
    assert metrics.majority_share(labels) == dummy.score(np.zeros((50, 1)), labels)


@pytest.mark.parametrize(("share", "n", "low", "high"), [
    (0.5, 10, 0.2366, 0.7634),
    (0.0, 10, 0.0, 0.2775),
    (1.0, 10, 0.7225, 1.0),
    (0.97, 360, 0.9469, 0.9832),
])  # fmt: skip
def test_wilson_interval(share, n, low, high):
    assert metrics.wilson_interval(share, n) == pytest.approx((low, high), abs=1e-4)


def test_wilson_interval_is_what_scipy_says():
    from scipy.stats import binomtest

    for right, n in [(0, 5), (3, 7), (97, 100), (100, 100)]:
        theirs = binomtest(right, n).proportion_ci(0.95, method="wilson")
        assert metrics.wilson_interval(right / n, n) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: metrics.accuracy(np.ones((2, 3)), np.ones(3)), ShapeError, ("equally long", "2 and 3")),
    (lambda: metrics.accuracy(np.ones((0, 3)), np.ones(0)), DataError, "empty"),
    (lambda: metrics.r2(np.ones((3, 1)), np.arange(3.0)), ShapeError, ("(3, 1)", "(3,)")),
    (lambda: metrics.r2(np.ones(2), np.arange(3.0)), ShapeError, "2 and 3"),
    (lambda: metrics.r2(np.ones(0), np.ones(0)), DataError, "empty"),
    (lambda: metrics.r2(np.ones(3), np.ones(3)), DataError, "all of them are equal"),
    (lambda: metrics.majority_share(np.zeros(0, int)), DataError, "at least one"),
    (lambda: metrics.confusion_matrix(np.array([0, 1]), np.array([-1, 1]), 2), DataError, ("labels", "0 to 1", "-1")),
    (lambda: metrics.confusion_matrix(np.array([0, 2]), np.array([0, 1]), 2), DataError, ("predicted", "0 to 1", "2")),
    (lambda: metrics.wilson_interval(0.5, 0), SettingError, "n must be at least 1"),
    (lambda: metrics.wilson_interval(1.2, 10), SettingError, "share must lie in [0, 1]"),
    (lambda: metrics.wilson_interval(math.nan, 10), SettingError, "share"),
    (lambda: metrics.wilson_interval(0.5, 2.5), KindError, "n must be a whole number"),
])  # fmt: skip
def test_what_can_not_be_measured(call, error, words, tally):
    refused(tally, error, words, call)
