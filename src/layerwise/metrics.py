"""Measures of how good answers are, as people read them: pure functions of predictions and truth."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import fraction, one_of, positive, whole_number
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.types import Array

_MOST_COUNTS = 2**27
"""Numbers in a confusion matrix: 1 GiB."""


def accuracy(logits: Array, labels: Array) -> float:
    """The share of samples whose largest logit is at the true class.

    logits: (N, K), or (N, 1) for a yes-or-no answer, which is yes above 0. labels: (N,) or (N, 1).
    Source: Hastie et al., The Elements of Statistical Learning, 7.2: 1 minus the 0-1 loss.

    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]]), np.array([0, 1, 1]))
    0.6666666666666666
    """
    logits = _rows("logits", logits)
    labels = _one_a_row("labels", labels, "logits", logits)
    _not_empty("logits", logits)
    return float(np.mean(predicted_classes(logits) == labels))


def predicted_classes(logits: Array) -> Array:
    """The class (N,) that each row of logits stands for: the largest, or for one column its sign.

    Source: Bishop, Pattern Recognition and Machine Learning, 1.5.1: the most probable class is least often wrong.

    >>> predicted_classes(np.array([[2.0, 1.0], [0.0, 3.0]])), predicted_classes(np.array([[-1.0], [2.0]]))
    (array([0, 1]), array([0, 1]))
    """
    logits = _rows("logits", logits)
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).astype(np.int64)
    return logits.argmax(axis=1)


def top_k_accuracy(logits: Array, labels: Array, k: int) -> float:
    """The share of samples whose true class is among the k largest logits; of equal logits the first counts as larger.

    logits: (N, K). labels: (N,) or (N, 1). k: 1 (this is `accuracy`) to K.
    Source: Russakovsky et al., ImageNet large scale visual recognition challenge, IJCV 115 (2015), section 4.1.

    >>> top_k_accuracy(np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]), np.array([1, 2]), k=2)
    0.5
    """
    logits = _rows("logits", logits)
    labels = _one_a_row("labels", _whole("labels", labels), "logits", logits)
    if logits.shape[1] < 2:
        raise ShapeError(f"logits must be (N, K) with at least two classes, got {logits.shape}")
    _not_empty("logits", logits)
    if whole_number("k", k) > logits.shape[1]:
        raise SettingError(f"k must be at most {logits.shape[1]}, the number of classes, got {k}")
    require_finite("logits", logits)
    _in_range("labels", labels, logits.shape[1])
    descending = -logits.astype(np.float64)
    largest = np.argsort(descending, axis=1, kind="stable")[:, :k]
    return float((largest == labels[:, None]).any(axis=1).mean())


def confusion_matrix(predicted: Array, labels: Array, classes: int) -> Array:
    """Counts (K, K): row is the true class, column the predicted one.

    Source: Townsend, Theoretical analysis of an alphabetic confusion matrix, Perception and Psychophysics 9 (1971).

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    if whole_number("classes", classes) ** 2 > _MOST_COUNTS:
        raise SettingError(f"classes must be at most {math.isqrt(_MOST_COUNTS):,}, got {classes:,}")
    predicted = _whole("predicted", predicted).ravel()
    labels = _one_a_row("labels", _whole("labels", labels), "predicted", predicted)
    for name, each in (("predicted", predicted), ("labels", labels)):
        _in_range(name, each, classes)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def majority_share(labels: Array) -> float:
    """The accuracy of always answering with the most frequent class.

    Source: Witten and Frank, Data Mining, under the name ZeroR.

    >>> majority_share(np.array([0, 1, 1, 1]))
    0.75
    """
    labels = any_array("labels", labels)
    if labels.ndim == 0 or labels.dtype.kind not in "biufUSM":
        raise KindError(f"labels must be an array of numbers or texts, got {labels.dtype} of shape {labels.shape}")
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

    predicted, labels: (N,) integers from 0 to classes - 1. zero_division: the value of a share of nothing, in [0, 1]:
    the precision of a class that was never answered, the recall of one that has no sample, and the F1 of both at once.
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

    average: "macro" is the plain mean over all classes, also those without a sample; "weighted" the mean weighted by
    the number of samples; "micro" counts all classes together, which is the accuracy. The rest: see `class_scores`.
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> precision(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.8333333333333333
    """
    return _averaged("precision", predicted, labels, classes, average, zero_division)


def recall(
    predicted: Array, labels: Array, classes: int, *, average: str = "macro", zero_division: float = 0.0
) -> float:
    """Of the samples of a class, the share that was answered with it; arguments as in `precision`.

    The weighted recall is the accuracy.
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> recall(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.75
    """
    return _averaged("recall", predicted, labels, classes, average, zero_division)


def f1(predicted: Array, labels: Array, classes: int, *, average: str = "macro", zero_division: float = 0.0) -> float:
    """2 (precision x recall) / (precision + recall) of each class, averaged; arguments as in `precision`.

    Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the kinds of mean are scikit-learn's.

    >>> f1(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), classes=2)
    0.7333333333333334
    """
    return _averaged("f1", predicted, labels, classes, average, zero_division)


def calibration_error(probabilities: Array, labels: Array, *, bins: int = 15) -> float:
    """The expected calibration error, Σ n_b / N |accuracy_b - mean confidence_b|: how far sure is from right.

    The confidence of an answer is its probability. The samples are sorted by it into bins of equal width,
    (0, 1/B], (1/B, 2/B], ..., (1 - 1/B, 1]. 0 is perfect; the number depends on B, and with few samples in a bin it is
    above 0 also for perfect probabilities.
    probabilities: (N, K), rows that sum to 1, or (N, 1), the probability of a yes. labels: (N,) or (N, 1). bins: B.
    Source: Guo et al., On calibration of modern neural networks, ICML 2017.

    >>> probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    >>> round(calibration_error(probabilities, np.array([0, 1, 0, 1])), 6)  # (2 |1/2 - 0.9| + 2 |1 - 0.6|) / 4
    0.4
    """
    p = _distributions(_rows("probabilities", probabilities))
    labels = _one_a_row("labels", _whole("labels", labels), "probabilities", p)
    _not_empty("probabilities", p)
    _in_range("labels", labels, p.shape[1])
    bins = whole_number("bins", bins)
    confidence = p.max(axis=1)
    right = p.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], confidence)
    gaps = np.bincount(place, right - confidence, minlength=bins)  # n_b (accuracy_b - confidence_b)
    return float(np.abs(gaps).sum() / len(p))


def rmse(prediction: Array, y: Array) -> float:
    """√(mean of the squared errors), in the unit of y: large errors count most.

    Source: Willmott and Matsuura, Advantages of the mean absolute error, Climate Research 30 (2005), which compares it.

    >>> rmse(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.4142135623730951
    """
    return math.sqrt((_errors(prediction, y) ** 2).mean())


def mae(prediction: Array, y: Array) -> float:
    """The mean of the absolute errors, in the unit of y.

    Source: Willmott and Matsuura, Advantages of the mean absolute error, Climate Research 30 (2005).

    >>> mae(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    return float(np.abs(_errors(prediction, y)).mean())


def r2(prediction: Array, y: Array) -> float:
    """1 - (sum of squared errors) / (sum of squared differences from the mean of y): 1 is perfect, 0 is the mean.

    Source: Wright, Correlation and causation, Journal of Agricultural Research 20 (1921).

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.7857142857142857
    """
    errors = _errors(prediction, y)
    y = real_array("y", y, np.float64)
    spread = ((y - y.mean()) ** 2).sum()
    if spread == 0:
        raise DataError("R² needs targets that differ: all of them are equal here")
    return float(1 - (errors**2).sum() / spread)


def wilson_interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """The range that a true share may well have when `share` was seen in n samples (95 % for z = 1.96).

    It stays inside [0, 1] and is right for shares near 1, where the textbook ± 1.96 √(p(1-p)/n) is not.
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
    _not_empty("probabilities", probabilities)
    require_finite("probabilities", probabilities)
    p = probabilities.astype(np.float64)
    if p.min() < 0 or p.max() > 1:
        raise DataError(f"probabilities must lie in [0, 1], got {p.min():g} to {p.max():g}: are these logits?")
    if p.shape[1] == 1:
        return np.hstack([1 - p, p])
    if np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise DataError("each row of probabilities must sum to 1: pass the output of a softmax")
    return p


def _errors(prediction: Array, y: Array) -> Array:
    prediction, y = real_array("prediction", prediction, np.float64), real_array("y", y, np.float64)
    _same_length("prediction", prediction, "y", y)
    if prediction.shape != y.shape:  # (N, 1) against (N,) would broadcast to (N, N)
        raise ShapeError(f"prediction and y must have equal shapes, got {prediction.shape} and {y.shape}")
    _not_empty("prediction", prediction)
    return y - prediction


def _in_range(name: str, labels: Array, classes: int) -> None:
    if len(labels) and not (labels.min() >= 0 and labels.max() < classes):  # -1 would be taken as the last class
        raise DataError(f"{name} must lie in 0 to {classes - 1}, got {labels.min()} to {labels.max()}")


def _rows(name: str, values: Array) -> Array:
    """Real numbers (N, K), with at least one column."""
    array = real_array(name, values)
    if array.ndim != 2 or not array.shape[1]:
        raise ShapeError(f"{name} must be (N, K), got {array.shape}")
    return array


def _whole(name: str, values: Array) -> Array:
    """Whole numbers, as labels are; yes and no are 1 and 0."""
    array = real_array(name, values)
    if array.dtype.kind == "f" and array.size:
        raise KindError(f"{name} must hold whole numbers, got {array.dtype}: number the classes 0, 1, 2, ...")
    return array.astype(np.int64)


def _one_a_row(name: str, values: Array, other: str, rows: Array) -> Array:
    """One number (N,) for each of N rows; (N, 1) will do."""
    array = real_array(name, values)
    _same_length(other, rows, name, array)
    if array.size != len(rows):
        raise ShapeError(f"{name} must hold one number a row, got {array.shape}")
    return array.reshape(len(rows))


def _same_length(name: str, array: Array, other_name: str, other: Array) -> None:
    if array.ndim == 0 or other.ndim == 0 or len(array) != len(other):
        sizes = [str(len(each)) if each.ndim else "a single number" for each in (array, other)]
        raise ShapeError(f"{name} and {other_name} must be equally long, got {' and '.join(sizes)}")


def _not_empty(name: str, array: Array) -> None:
    if not array.size:
        raise DataError(f"a share or a mean of nothing is not a number: {name} is empty")
