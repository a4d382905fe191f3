"""How often answers that are classes are right, and how sure they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from layerwise.arrays import any_array, require_finite
from layerwise.checks import fraction, one_of, positive, whole_number
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.metrics.checked import (
    one_a_row,
    refuse_empty,
    refuse_nan,
    require_in_range,
    rows,
    whole_numbers,
)
from layerwise.types import Array

_MOST_COUNTS = 2**27
"""Numbers in a confusion matrix: 1 GiB."""


def accuracy(logits: Array, labels: Array) -> float:
    """The share of samples whose largest logit is at the true class; a row with NaN in it is never right.

    logits: (N, K), or (N, 1) for a yes-or-no answer, which is yes above 0.
    labels: (N,) or (N, 1), from 0 to K - 1; for one column 0 or 1.
    Source: Hastie et al., The Elements of Statistical Learning, 7.2: 1 minus the 0-1 loss.

    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]]), np.array([0, 1, 1]))
    0.6666666666666666
    """
    logits = rows("logits", logits)
    labels = one_a_row("labels", labels, "logits", logits)
    refuse_empty("logits", logits)
    labels = whole_numbers("labels", labels)
    require_in_range("labels", labels, max(logits.shape[1], 2))
    right = (_classes(logits) == labels) & ~np.isnan(logits).any(axis=1)
    return float(np.mean(right))


def predicted_classes(logits: Array) -> Array:
    """The class (N,) that each row of logits stands for: the largest, or for one column its sign.

    logits: (N, K), or (N, 1) for a yes-or-no answer, which is yes, class 1, above 0; no NaN, which names no class.
    Source: Bishop, Pattern Recognition and Machine Learning, 1.5.1: the most probable class is least often wrong.

    >>> predicted_classes(np.array([[2.0, 1.0], [0.0, 3.0]])), predicted_classes(np.array([[-1.0], [2.0]]))
    (array([0, 1]), array([0, 1]))
    """
    logits = rows("logits", logits)
    refuse_nan("logits", logits)
    return _classes(logits)


def top_k_accuracy(logits: Array, labels: Array, k: int) -> float:
    """The share of samples whose true class is among the k largest logits; of equal logits the first counts as larger.

    logits: (N, K), K from 2 up, without NaN.
    labels: (N,) or (N, 1), from 0 to K - 1.
    k: how many of the largest count, from 1, which is `accuracy`, to K.
    Source: Russakovsky et al., ImageNet large scale visual recognition challenge, IJCV 115 (2015), section 4.1.

    >>> top_k_accuracy(np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]), np.array([1, 2]), k=2)
    0.5
    """
    logits = rows("logits", logits)
    labels = one_a_row("labels", whole_numbers("labels", labels), "logits", logits)
    if logits.shape[1] < 2:
        raise ShapeError(f"logits must be (N, K) with at least two classes, got {logits.shape}")
    refuse_empty("logits", logits)
    if whole_number("k", k) > logits.shape[1]:
        raise SettingError(f"k must be at most {logits.shape[1]}, the number of classes, got {k}")
    refuse_nan("logits", logits)
    require_in_range("labels", labels, logits.shape[1])
    descending = -logits.astype(np.float64)
    largest = np.argsort(descending, axis=1, kind="stable")[:, :k]
    return float((largest == labels[:, None]).any(axis=1).mean())


def confusion_matrix(predicted: Array, labels: Array, classes: int) -> Array:
    """Counts (K, K): row is the true class, column the predicted one.

    predicted: (N,), the class that each sample was answered with.
    labels: (N,) or (N, 1), the class that it has.
    classes: K; both lie in 0 to K - 1.
    Source: Townsend, Theoretical analysis of an alphabetic confusion matrix, Perception and Psychophysics 9 (1971).

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    if whole_number("classes", classes) ** 2 > _MOST_COUNTS:
        raise SettingError(f"classes must be at most {math.isqrt(_MOST_COUNTS):,}, got {classes:,}")
    predicted = whole_numbers("predicted", predicted).ravel()
    labels = one_a_row("labels", whole_numbers("labels", labels), "predicted", predicted)
    for name, each in (("predicted", predicted), ("labels", labels)):
        require_in_range(name, each, classes)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def majority_share(labels: Array) -> float:
    """The accuracy of always answering with the most frequent class.

    labels: (N,), numbers or texts.
    Source: Witten and Frank, Data Mining, under the name ZeroR.

    >>> majority_share(np.array([0, 1, 1, 1]))
    0.75
    """
    labels = any_array("labels", labels)
    if labels.ndim == 0 or labels.dtype.kind not in "biufUSM":
        raise KindError(f"labels must be an array of numbers or texts, got {labels.dtype} of shape {labels.shape}")
    if labels.dtype.kind == "f":
        require_finite("labels", labels)  # NaN is no class
    if not labels.size:
        raise DataError("the most frequent class of no labels is not known: give at least one")
    return float(np.unique(labels, return_counts=True)[1].max() / labels.size)


class ClassScores(NamedTuple):
    """Four arrays (K,), one number for each class."""

    precision: Array
    """Of the samples answered with this class, the share that belongs to it."""
    recall: Array
    """Of the samples of this class, the share that was answered with it."""
    f1: Array
    """The harmonic mean of the two."""
    support: Array
    """How many samples belong to the class."""


def class_scores(predicted: Array, labels: Array, classes: int, *, zero_division: float = 0.0) -> ClassScores:
    """Precision, recall, F1 and number of samples of each class, from the confusion matrix.

    predicted: (N,), the class that each sample was answered with.
    labels: (N,) or (N, 1), the class that it has.
    classes: K; both lie in 0 to K - 1.
    zero_division: the value of a share of nothing, in [0, 1]: the precision of a class that was never answered, the
    recall of one that has no sample, and the F1 of both at once.
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7.

    >>> scores = class_scores(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=3)
    >>> scores.precision.round(3), scores.recall, scores.f1.round(3), scores.support
    (array([1.   , 0.667, 0.   ]), array([0.5, 1. , 0. ]), array([0.667, 0.8  , 0.   ]), array([2, 2, 0]))
    """
    zero_division = fraction("zero_division", zero_division, one_allowed=True)
    right, answered, support = _counts(predicted, labels, classes)
    return ClassScores(
        precision=_shares(right, answered, zero_division),
        recall=_shares(right, support, zero_division),
        f1=_shares(2 * right, answered + support, zero_division),
        support=support,
    )


def precision(
    predicted: Array, labels: Array, classes: int, *, average: str = "macro", zero_division: float = 0.0
) -> float:
    """Of the samples answered with a class, the share that belongs to it, in one number for all classes.

    predicted: (N,), the class that each sample was answered with.
    labels: (N,) or (N, 1), the class that it has.
    classes: K; both lie in 0 to K - 1.
    average: "macro", the plain mean over all classes, also those without a sample; "weighted", the mean weighted by
    the number of samples; or "micro", all classes counted together, which is the accuracy.
    zero_division: the precision of a class that was never answered, in [0, 1].
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> precision(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.8333333333333333
    """
    return _averaged("precision", predicted, labels, classes, average, zero_division)


def recall(
    predicted: Array, labels: Array, classes: int, *, average: str = "macro", zero_division: float = 0.0
) -> float:
    """Of the samples of a class, the share that was answered with it. The weighted recall is the accuracy.

    predicted: (N,), the class that each sample was answered with.
    labels: (N,) or (N, 1), the class that it has.
    classes: K; both lie in 0 to K - 1.
    average: "macro", "weighted" or "micro", as in `precision`.
    zero_division: the recall of a class that has no sample, in [0, 1].
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> recall(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.75
    """
    return _averaged("recall", predicted, labels, classes, average, zero_division)


def f1(predicted: Array, labels: Array, classes: int, *, average: str = "macro", zero_division: float = 0.0) -> float:
    """2 (precision x recall) / (precision + recall) of each class, averaged.

    predicted: (N,), the class that each sample was answered with.
    labels: (N,) or (N, 1), the class that it has.
    classes: K; both lie in 0 to K - 1.
    average: "macro", "weighted" or "micro", as in `precision`.
    zero_division: the F1 of a class that has no sample and was never answered, in [0, 1].
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> f1(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.7333333333333334
    """
    return _averaged("f1", predicted, labels, classes, average, zero_division)


def calibration_error(probabilities: Array, labels: Array, *, bins: int = 15) -> float:
    """The expected calibration error, Σ n_b / N |accuracy_b - mean confidence_b|: how far sure is from right.

    The confidence of an answer is its probability. The samples are sorted by it into bins of equal width,
    (0, 1/B], (1/B, 2/B], ..., (1 - 1/B, 1], whose edges have the type of the probabilities: 1/3 of float32 lies on one.
    0 is perfect; the number depends on B, and with few samples in a bin it is above 0 also for perfect probabilities.
    probabilities: (N, K), rows that sum to 1, or (N, 1), the probability of a yes.
    labels: (N,) or (N, 1), from 0 to K - 1; for one column 0 or 1.
    bins: B, 15 unless given.
    Source: Guo et al., On calibration of modern neural networks, ICML 2017.

    >>> probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    >>> round(calibration_error(probabilities, np.array([0, 1, 0, 1])), 6)  # (2 |1/2 - 0.9| + 2 |1 - 0.6|) / 4
    0.4
    """
    confidence, right, place = in_bins(probabilities, labels, bins)
    gaps = np.bincount(place, right - confidence, minlength=bins)  # n_b (accuracy_b - confidence_b)
    return float(np.abs(gaps).sum() / len(place))


def in_bins(probabilities: Array, labels: Array, bins: int) -> tuple[Array, Array, Array]:
    """How sure each answer is, whether it is right, and its bin from 0: (N,) each. Arguments: see `calibration_error`.

    >>> confidence, right, place = in_bins(np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([1, 1]), bins=10)
    >>> confidence.tolist(), right.tolist(), place.tolist()
    ([0.9, 0.6], [False, True], [8, 5])
    """
    probabilities = rows("probabilities", probabilities)
    p = _distributions(probabilities)
    labels = one_a_row("labels", whole_numbers("labels", labels), "probabilities", p)
    refuse_empty("probabilities", p)
    require_in_range("labels", labels, p.shape[1])
    return p.max(axis=1), p.argmax(axis=1) == labels, _bins(probabilities, whole_number("bins", bins))


def wilson_interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """The range that a true share may well have when `share` was seen in n samples (95 % for z = 1.96).

    It stays inside [0, 1] and is right for shares near 1, where the textbook ± 1.96 √(p(1-p)/n) is not.
    share: in [0, 1].
    n: how many samples.
    z: the quantile of the normal distribution, above 0, 1.96 unless given.
    Source: Wilson, Probable inference, JASA 22 (1927).

    >>> low, high = wilson_interval(0.97, 360)
    >>> round(low, 3), round(high, 3)
    (0.947, 0.983)
    """
    share, n = fraction("share", share, one_allowed=True), whole_number("n", n)
    z = positive("z", z)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _classes(logits: Array) -> Array:
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).astype(np.int64)
    return logits.argmax(axis=1)


def _bins(probabilities: Array, bins: int) -> Array:
    """The bin (N,), counted from 0, of the largest probability of each row.

    In one column, p of a yes, 1 - p of a no is compared with an edge k / B as p with (B - k) / B: the difference would
    be rounded.
    """
    edges = np.arange(1, bins) / bins
    if probabilities.dtype.kind == "f":
        edges = edges.astype(probabilities.dtype)
    if probabilities.shape[1] > 1:
        return np.searchsorted(edges, probabilities.max(axis=1))
    p = probabilities[:, 0]
    return np.where(p > 0.5, np.searchsorted(edges, p), bins - 1 - np.searchsorted(edges, p, side="right"))


def _averaged(score: str, predicted: Array, labels: Array, classes: int, average: str, zero_division: float) -> float:
    one_of("average", average, ("macro", "micro", "weighted"))
    if average == "micro":
        fraction("zero_division", zero_division, one_allowed=True)  # never needed: there are answers
        right, answered, _ = _counts(predicted, labels, classes)
        return float(right.sum() / answered.sum())
    scores = class_scores(predicted, labels, classes, zero_division=zero_division)
    weights = scores.support if average == "weighted" else None
    return float(np.average(getattr(scores, score), weights=weights))


def _counts(predicted: Array, labels: Array, classes: int) -> tuple[Array, Array, Array]:
    """Of each class (K,): how many answers with it are right, how often it was answered, how many samples it has."""
    matrix = confusion_matrix(predicted, labels, classes)
    if not matrix.any():
        raise DataError("a share of nothing is not a number: predicted and labels are empty")
    return matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)


def _shares(part: Array, whole: Array, zero_division: float) -> Array:
    return np.where(whole > 0, part / np.maximum(whole, 1), zero_division)


def _distributions(probabilities: Array) -> Array:
    """Probabilities (N, K) in float64; one column p of a yes becomes two, (1 - p, p)."""
    refuse_empty("probabilities", probabilities)
    require_finite("probabilities", probabilities)
    p = probabilities.astype(np.float64)
    if p.min() < 0 or p.max() > 1:
        raise DataError(f"probabilities must lie in [0, 1], got {p.min():g} to {p.max():g}: are these logits?")
    if p.shape[1] == 1:
        return np.hstack([1 - p, p])
    if np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise DataError("each row of probabilities must sum to 1: pass the output of a softmax")
    return p
