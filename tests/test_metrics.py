"""Metrics: by hand, and as scikit-learn computes them."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from tests.refusals import refused

from layerwise import metrics
from layerwise.errors import DataError, KindError, LayerwiseError, SettingError, ShapeError
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


@each_size
def test_top_k_accuracy_as_sklearn(n, k):
    from sklearn.metrics import top_k_accuracy_score

    logits, labels = answers(n, max(k, 3))
    for most in range(1, logits.shape[1]):
        theirs = top_k_accuracy_score(labels, logits, k=most, labels=range(logits.shape[1]))
        assert metrics.top_k_accuracy(logits, labels, most) == pytest.approx(theirs, rel=1e-15)
    assert metrics.top_k_accuracy(logits, labels, 1) == metrics.accuracy(logits, labels)
    assert metrics.top_k_accuracy(logits, labels[:, None], logits.shape[1]) == 1


def test_of_equal_logits_the_first_counts_as_larger():
    logits = np.zeros((3, 3))
    assert [metrics.top_k_accuracy(logits, np.arange(3), k) for k in (1, 2, 3)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert metrics.accuracy(logits, np.arange(3)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("zero_division", [0.0, 1.0])
@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize(("n", "k"), [(1, 2), (4, 6), *SIZES])
def test_precision_recall_and_f1_as_sklearn(n, k, average, zero_division):
    """With few samples some classes are never answered, some have no sample, and some neither."""
    from sklearn.metrics import f1_score, precision_score, recall_score

    logits, labels = answers(n, k)
    predicted = logits.argmax(axis=1)
    for ours, theirs in ((metrics.precision, precision_score), (metrics.recall, recall_score), (metrics.f1, f1_score)):
        right = theirs(labels, predicted, labels=range(k), average=average, zero_division=zero_division)
        found = ours(predicted, labels, k, average=average, zero_division=zero_division)
        assert found == pytest.approx(right, rel=1e-12), ours.__name__


def test_scores_of_each_class_as_sklearn():
    from sklearn.metrics import precision_recall_fscore_support

    logits, labels = answers(7, 2)
    predicted = logits.argmax(axis=1)
    ours = metrics.class_scores(predicted, labels, 5, zero_division=0.5)
    theirs = precision_recall_fscore_support(labels, predicted, labels=range(5), zero_division=0)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine[:2], other[:2], rtol=1e-12)
    np.testing.assert_array_equal(ours.precision[2:], 0.5)
    np.testing.assert_array_equal(ours.support[2:], 0)


def test_micro_averages_and_weighted_recall_are_the_accuracy():
    logits, labels = answers(100, 3)
    predicted, right = logits.argmax(axis=1), metrics.accuracy(logits, labels)
    for score in (metrics.precision, metrics.recall, metrics.f1):
        assert score(predicted, labels, 3, average="micro") == pytest.approx(right)
    assert metrics.recall(predicted, labels, 3, average="weighted") == pytest.approx(right)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_calibration_error_by_the_curve_of_sklearn(bins):
    """scikit-learn gives the share of yes and the mean probability of each bin; the error weighs their gaps."""
    from sklearn.calibration import calibration_curve

    rng = generator(4, "calibration")
    sure = rng.uniform(0.5, 1, size=500)
    right = (rng.random(500) < sure**2).astype(int)  # more sure than right
    share, mean = calibration_curve(right, sure, n_bins=bins)
    counts = np.histogram(sure, np.linspace(0, 1, bins + 1))[0]
    wanted = (counts[counts > 0] * np.abs(share - mean)).sum() / 500
    p = np.stack([sure, 1 - sure], axis=1)
    assert metrics.calibration_error(p, 1 - right, bins=bins) == pytest.approx(wanted, rel=1e-9)
    one_column = metrics.calibration_error(p[:, 1:], 1 - right[:, None], bins=bins)
    assert one_column == pytest.approx(wanted, rel=1e-9)


def test_calibration_of_sure_answers():
    p = np.eye(3)[[0, 1, 2, 0]]
    assert metrics.calibration_error(p, np.array([0, 1, 2, 0])) == 0
    assert metrics.calibration_error(p, np.array([1, 2, 0, 1])) == 1
    assert metrics.calibration_error(p.astype(np.float32), np.array([0, 1, 0, 1])) == 0.5


def test_a_confidence_on_an_edge_belongs_to_the_bin_below_it():
    p = np.array([[0.5, 0.5], [0.75, 0.25]])
    assert metrics.calibration_error(p, np.array([0, 1]), bins=2) == (0.5 + 0.75) / 2
    assert metrics.calibration_error(p, np.array([0, 1]), bins=1) == abs(1 - 1.25) / 2


@pytest.mark.parametrize("shape", [(1,), (100,), (50, 1)])
def test_rmse_and_mae_as_sklearn(shape):
    from sklearn.metrics import mean_absolute_error, mean_squared_error

    rng = generator(5, "errors", layer=str(shape))
    y, prediction = rng.normal(size=shape), rng.normal(size=shape).astype(np.float32)
    assert metrics.rmse(prediction, y) == pytest.approx(mean_squared_error(y, prediction) ** 0.5, rel=1e-12)
    assert metrics.mae(prediction, y) == pytest.approx(mean_absolute_error(y, prediction), rel=1e-12)


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


ONE, TWO = np.array([0]), np.array([0, 1])
EVEN = np.full((2, 2), 0.5)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: metrics.top_k_accuracy(EVEN, TWO, 3), SettingError, ("k must be at most 2", "got 3")),
    (lambda: metrics.top_k_accuracy(EVEN, TWO, 0), SettingError, "k must be at least 1"),
    (lambda: metrics.top_k_accuracy(EVEN, TWO, 1.0), KindError, "k must be a whole number"),
    (lambda: metrics.top_k_accuracy(EVEN[:, :1], TWO, 1), ShapeError, ("at least two classes", "(2, 1)")),
    (lambda: metrics.top_k_accuracy(EVEN, TWO + 1, 1), DataError, ("labels", "0 to 1", "2")),
    (lambda: metrics.top_k_accuracy(EVEN * math.nan, TWO, 1), DataError, "logits holds nan at row 0, column 0"),
    (lambda: metrics.precision(ONE, TWO, 2), ShapeError, ("predicted and labels", "1 and 2")),
    (lambda: metrics.precision(TWO, TWO, 2, average="mikro"), SettingError, "Did you mean 'micro'"),
    (lambda: metrics.precision(TWO, TWO, 2, average=None), KindError, "average must be one of macro, micro, weighted"),
    (lambda: metrics.recall(TWO, TWO, 2, zero_division=2), SettingError, "zero_division must lie in [0, 1]"),
    (lambda: metrics.recall(TWO, TWO, 2, average="micro", zero_division=-1), SettingError, "zero_division"),
    (lambda: metrics.f1(TWO, TWO, 2, zero_division="warn"), KindError, "zero_division must be a number"),
    (lambda: metrics.f1(TWO, TWO, 1), DataError, ("predicted", "0 to 0", "1")),
    (lambda: metrics.f1(TWO, TWO, 0), SettingError, "classes must be at least 1"),
    (lambda: metrics.f1(TWO[:0], TWO[:0], 2), DataError, "empty"),
    (lambda: metrics.calibration_error(EVEN, TWO, bins=0), SettingError, "bins must be at least 1"),
    (lambda: metrics.calibration_error(EVEN * 4, TWO), DataError, ("[0, 1]", "are these logits")),
    (lambda: metrics.calibration_error(EVEN / 2, TWO), DataError, "sum to 1"),
    (lambda: metrics.calibration_error(EVEN[0], TWO), ShapeError, "(N, K)"),
    (lambda: metrics.calibration_error(EVEN * math.nan, TWO), DataError, "probabilities holds nan"),
    (lambda: metrics.calibration_error(EVEN, TWO - 1), DataError, ("labels", "-1")),
    (lambda: metrics.calibration_error(EVEN, TWO + 0.5), KindError, "labels must hold whole numbers, got float64"),
    (lambda: metrics.accuracy(None, TWO), KindError, "logits must hold real numbers, got objects"),
    (lambda: metrics.accuracy(np.ones(2), TWO), ShapeError, "logits must be (N, K), got (2,)"),
    (lambda: metrics.accuracy(np.ones((2, 0)), TWO), ShapeError, "logits must be (N, K), got (2, 0)"),
    (lambda: metrics.accuracy(EVEN, np.array(1)), ShapeError, "got 2 and a single number"),
    (lambda: metrics.accuracy(EVEN, EVEN), ShapeError, "labels must hold one number a row, got (2, 2)"),
    (lambda: metrics.accuracy([[1], [1, 2]], TWO), ShapeError, "logits is ragged"),
    (lambda: metrics.predicted_classes(np.ones(3)), ShapeError, "logits must be (N, K), got (3,)"),
    (lambda: metrics.confusion_matrix(TWO, TWO, 2**40), SettingError, "classes must be at most 11,585"),
    (lambda: metrics.confusion_matrix(TWO, TWO, True), KindError, "classes must be a whole number"),
    (lambda: metrics.confusion_matrix(TWO / 2, TWO, 2), KindError, "predicted must hold whole numbers"),
    (lambda: metrics.confusion_matrix(TWO, EVEN.astype(int), 2), ShapeError, "labels must hold one number a row"),
    (lambda: metrics.confusion_matrix(TWO, np.array(["a", "b"]), 2), KindError, "labels must hold real numbers"),
    (lambda: metrics.majority_share(None), KindError, "labels must be an array of numbers or texts, got object"),
    (lambda: metrics.rmse("abc", TWO), KindError, "prediction must hold real numbers, got text"),
    (lambda: metrics.mae(1.0, 2.0), ShapeError, "got a single number and a single number"),
    (lambda: metrics.r2(TWO * 1j, TWO), KindError, "prediction must hold real numbers, got complex"),
    (lambda: metrics.wilson_interval(0.5, 10, z=-1), SettingError, "z must be above 0"),
    (lambda: metrics.rmse(np.ones((3, 1)), np.arange(3.0)), ShapeError, ("(3, 1)", "(3,)")),
    (lambda: metrics.mae(np.ones(0), np.ones(0)), DataError, "empty"),
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


def test_columns_of_labels_are_not_broadcast():
    """(N, 1) against (N,) would count N x N pairs; yes and no would be taken as a mask."""
    counts = metrics.confusion_matrix(np.array([[0], [1], [1]]), np.array([0, 1, 0]), 2)
    np.testing.assert_array_equal(counts, [[1, 1], [0, 1]])
    np.testing.assert_array_equal(metrics.confusion_matrix([False, True, True], [False, True, False], 2), counts)


# --- whole numbers in floats, NaN, infinity, labels that there are not -----------------------------------------------

NAN, INF = math.nan, math.inf


def test_labels_may_be_whole_numbers_in_floats():
    """As they stand in a table that was read as floats."""
    logits, labels = answers(7, 3)
    predicted = metrics.predicted_classes(logits)
    for dtype in (np.float32, np.float64, np.uint8):
        given = labels.astype(dtype)
        assert metrics.accuracy(logits, given) == metrics.accuracy(logits, labels)
        assert metrics.top_k_accuracy(logits, given, 2) == metrics.top_k_accuracy(logits, labels, 2)
        assert metrics.f1(predicted.astype(dtype), given, 3) == metrics.f1(predicted, labels, 3)


@pytest.mark.parametrize(("logits", "labels", "share"), [
    (np.full((3, 2), NAN), [0, 0, 0], 0.0),
    ([[NAN, 1.0], [2.0, 1.0]], [0, 0], 0.5),
    ([[1.0, NAN], [2.0, 1.0]], [1, 0], 0.5),
    ([[1.0, NAN], [2.0, 1.0]], [0, 0], 0.5),
    ([[NAN], [-1.0]], [0, 0], 0.5),
    ([[NAN], [1.0]], [1, 1], 0.5),
    (np.array([[NAN, 1.0], [2.0, 1.0]], np.float32), [0, 0], 0.5),
    ([[INF, 1.0], [-INF, 1.0]], [0, 1], 1.0),
    ([[INF], [-INF]], [1, 0], 1.0),
], ids=str)  # fmt: skip
def test_nan_is_never_right(logits, labels, share):
    assert metrics.accuracy(logits, labels) == share


def test_infinite_logits_rule_classes_in_and_out():
    logits = np.array([[-INF, 0.0, -1.0], [0.0, INF, 1.0]])
    assert metrics.predicted_classes(logits).tolist() == [1, 1]
    assert [metrics.top_k_accuracy(logits, np.array([2, 0]), k) for k in (1, 2, 3)] == [0, 0.5, 1]


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: metrics.accuracy(EVEN, [0, 2]), DataError, "labels must lie in 0 to 1, got 0 to 2"),
    (lambda: metrics.accuracy(EVEN, [-1, 0]), DataError, "labels must lie in 0 to 1, got -1 to 0"),
    (lambda: metrics.accuracy(EVEN[:, :1], [0, 2]), DataError, "labels must lie in 0 to 1"),
    (lambda: metrics.accuracy(EVEN, [0, 0.5]), KindError, "labels must hold whole numbers, got float64"),
    (lambda: metrics.accuracy(EVEN, [0, NAN]), KindError, "labels must hold whole numbers"),
    (lambda: metrics.accuracy(EVEN, [0, INF]), KindError, "labels must hold whole numbers"),
    (lambda: metrics.accuracy(EVEN, ["a", "b"]), KindError, "labels must hold real numbers, got text"),
    (lambda: metrics.predicted_classes([[0.0, 1.0], [INF, NAN]]), DataError, "logits holds nan at row 1, column 1"),
    (lambda: metrics.predicted_classes([[NAN]]), DataError, "logits holds nan at row 0, column 0"),
    (lambda: metrics.top_k_accuracy([[INF, 1], [1, NAN]], TWO, 1), DataError, "logits holds nan at row 1, column 1"),
    (lambda: metrics.majority_share([0.0, NAN, NAN]), DataError, "labels holds nan at row 1"),
    (lambda: metrics.majority_share([0.0, INF]), DataError, "labels holds inf at row 1"),
    (lambda: metrics.rmse([0.0, 1.0], [0.0, NAN]), DataError, "y holds nan at row 1"),
    (lambda: metrics.mae([0.0, 1.0], [INF, 0.0]), DataError, "y holds inf at row 0"),
    (lambda: metrics.r2([[0.0, 1.0]] * 2, [[0.0, NAN]] * 2), DataError, "y holds nan at row 0, column 1"),
    (lambda: metrics.r2([[0.0, 1.0]] * 2, [[0.0, 3.0], [1.0, 3.0]]), DataError, "all of them are equal in column 1"),
    (lambda: metrics.r2([0.0, 1.0, 2.0], [0.1] * 3), DataError, "all of them are equal here"),
    (lambda: metrics.r2([0.0], [1.0]), DataError, "all of them are equal here"),
    (lambda: metrics.calibration_error(EVEN[:, :1], [0, 2]), DataError, "labels must lie in 0 to 1"),
    (lambda: metrics.calibration_error(EVEN * INF, TWO), DataError, "probabilities holds inf"),
    (lambda: metrics.confusion_matrix([0.0, NAN], TWO, 2), KindError, "predicted must hold whole numbers"),
    (lambda: metrics.class_scores([0, 2**40], TWO, 2), DataError, "predicted must lie in 0 to 1"),
])  # fmt: skip
def test_what_names_no_class_and_no_quantity(call, error, words, tally):
    refused(tally, error, words, call)


@pytest.mark.parametrize(("prediction", "rmse", "mae", "r2"), [
    ([0.0, NAN, 1.0], NAN, NAN, NAN),
    ([0.0, INF, 1.0], INF, INF, -INF),
    ([-INF, INF, 1.0], INF, INF, -INF),
    ([0.0, 1e200, 1.0], INF, 1e200 / 3, -INF),
])  # fmt: skip
def test_an_answer_that_is_no_number_is_not_hidden(prediction, rmse, mae, r2):
    y = [0.0, 1.0, 2.0]
    found = metrics.rmse(prediction, y), metrics.mae(prediction, y), metrics.r2(prediction, y)
    assert found == pytest.approx((rmse, mae, r2), nan_ok=True)


# --- several columns -------------------------------------------------------------------------------------------------

COLUMNS = [
    ([[1, 11]] * 3, [[0, 10], [1, 11], [2, 12]], 0.0),
    ([[0, 11], [1, 11], [2, 11]], [[0, 10], [1, 11], [2, 12]], 0.5),
    ([[0, 1e6], [1, 2e6], [3, 3e6]], [[0, 1e6], [1, 2e6], [2, 3e6]], 0.75),
    ([[2.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [2.0, 2.0]], -1.0),
    ([[0, 1, 1], [2, 1, 1], [4, 1, 1]], [[0, 0, 0], [2, 1, 1], [4, 2, 2]], 1 / 3),
    ([[1.0], [1.0], [1.0]], [[0.0], [1.0], [2.0]], 0.0),
]


@pytest.mark.parametrize(("prediction", "y", "right"), COLUMNS)
def test_r2_of_several_columns_by_hand(prediction, y, right):
    assert metrics.r2(prediction, y) == pytest.approx(right, abs=1e-15)


@pytest.mark.parametrize("shape", [(5, 2), (50, 3), (7, 1), (30, 2, 4)], ids=str)
def test_several_columns_as_sklearn(shape):
    """The plain mean over columns that have units, and sizes, of their own."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    rng = generator(8, "columns", layer=str(shape))
    y = 10.0 ** rng.integers(-3, 4, size=shape[1:]) * rng.normal(size=shape) + 5
    prediction = y + rng.normal(size=shape)
    flat = prediction.reshape(len(y), -1), y.reshape(len(y), -1)
    assert metrics.r2(prediction, y) == pytest.approx(r2_score(flat[1], flat[0]), rel=1e-9)
    assert metrics.rmse(prediction, y) == pytest.approx(root_mean_squared_error(flat[1], flat[0]), rel=1e-12)
    assert metrics.mae(prediction, y) == pytest.approx(mean_absolute_error(flat[1], flat[0]), rel=1e-12)


# --- confidences that lie on an edge between two bins ----------------------------------------------------------------


def error_one_by_one(confidences, right, bins):
    """The definition, with fractions: the bin of c is the smallest b with c ≤ b / B."""
    gaps = [Fraction(0)] * bins
    for c, hit in zip(confidences, right, strict=True):
        gaps[max(1, math.ceil(c * bins)) - 1] += hit - c
    return float(sum(abs(gap) for gap in gaps) / len(confidences))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("bins", [*range(1, 16), 49, 100])
def test_a_confidence_on_any_edge_belongs_to_the_bin_below_it(bins, dtype):
    edges = [Fraction(k, bins) for k in range(1, bins + 1) if 2 * k > bins]
    between = [edge - Fraction(1, 3 * bins) for edge in edges if edge - Fraction(1, 3 * bins) > Fraction(1, 2)]
    confidences = edges + between
    right = [k % 2 for k in range(len(confidences))]
    wanted = error_one_by_one(confidences, right, bins)
    p = np.array([[float(c), float(1 - c)] for c in confidences]).astype(dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-6
    assert metrics.calibration_error(p, 1 - np.array(right), bins=bins) == pytest.approx(wanted, abs=tolerance)
    assert metrics.calibration_error(p[:, :1], right, bins=bins) == pytest.approx(wanted, abs=tolerance)
    assert metrics.calibration_error(p[:, 1:], 1 - np.array(right), bins=bins) == pytest.approx(wanted, abs=tolerance)


def test_the_edge_that_was_one_unit_low():
    """5/6 in six bins lies in (4/6, 5/6], with what is less sure, and not in (5/6, 1]."""
    c = 5 / 6
    p = np.array([[c, 1 - c], [0.7, 0.3]])
    assert metrics.calibration_error(p, [1, 0], bins=6) == pytest.approx(abs((0 - c) + (1 - 0.7)) / 2, rel=1e-14)


# --- every metric on drawn answers, as scikit-learn computes it ------------------------------------------------------


@pytest.mark.parametrize("draw", range(20))
def test_drawn_answers_as_sklearn(draw):
    from sklearn import metrics as theirs

    rng = generator(draw, "drawn")
    k, n = int(rng.integers(2, 7)), int(rng.integers(1, 60))
    logits, labels = rng.normal(size=(n, k)).round(1), rng.integers(k, size=n)
    predicted, classes = metrics.predicted_classes(logits), range(k)
    average = ("macro", "micro", "weighted")[draw % 3]
    settings = {"labels": classes, "average": average, "zero_division": draw % 2}
    for name in ("precision", "recall", "f1"):
        wanted = getattr(theirs, f"{name}_score")(labels, predicted, **settings)
        found = getattr(metrics, name)(predicted, labels, k, average=average, zero_division=draw % 2)
        assert found == pytest.approx(wanted, rel=1e-12)
    assert metrics.accuracy(logits, labels) == pytest.approx(theirs.accuracy_score(labels, predicted), rel=1e-12)
    matrix = theirs.confusion_matrix(labels, predicted, labels=classes)
    np.testing.assert_array_equal(metrics.confusion_matrix(predicted, labels, k), matrix)
    if k > 2:
        distinct = logits + np.arange(k) * 1e-3  # theirs and ours break ties apart
        most = int(rng.integers(1, k))
        wanted = theirs.top_k_accuracy_score(labels, distinct, k=most, labels=classes)
        assert metrics.top_k_accuracy(distinct, labels, most) == pytest.approx(wanted, rel=1e-12)


ODD = [1.0, 1, None, np.zeros(()), [], "a", ["a"], [[]], np.zeros((0, 3)), np.zeros((0, 3), int), {}, [0.5], [True]]
ODD += [np.ones((2, 2, 2)), [[0.5, 0.5]], [[1]], [[True, False]], np.ones((2, 2), int), [NAN], [[INF, NAN]]]
PAIRS = {
    "accuracy": metrics.accuracy,
    "top_k_accuracy": lambda a, b: metrics.top_k_accuracy(a, b, 1),
    "calibration_error": metrics.calibration_error,
    "confusion_matrix": lambda a, b: metrics.confusion_matrix(a, b, 2),
    "class_scores": lambda a, b: metrics.class_scores(a, b, 2),
    "f1": lambda a, b: metrics.f1(a, b, 2),
    "rmse": metrics.rmse,
    "mae": metrics.mae,
    "r2": metrics.r2,
    "predicted_classes": lambda a, b: metrics.predicted_classes(a),
    "majority_share": lambda a, b: metrics.majority_share(b),
}


@pytest.mark.parametrize("name", PAIRS)
def test_whatever_comes_it_is_measured_or_refused_in_words(name):
    """Also without a warning of NumPy, which is an error in these tests."""
    refusals = 0
    for first, second in itertools.product(ODD, ODD):
        try:
            PAIRS[name](first, second)
        except LayerwiseError:
            refusals += 1
    assert refusals > len(ODD)
