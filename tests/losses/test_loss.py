"""What every loss has from its base: a loss of one's own, what a tap sees, NaN in answers, outputs that do not fit."""

from __future__ import annotations

import copy
import gc
import itertools
import math
import weakref
from functools import partial

import numpy as np
import pytest
from tests.refusals import refused
from tests.slopes import assert_slope, slope
from tests.test_losses import TABLE, outputs

import layerwise as lw
from layerwise import formulas
from layerwise.errors import DataError, LayerwiseError, ShapeError
from layerwise.random import generator

NAN = math.nan


class QuarticLoss(lw.ElementwiseLoss):
    """Of a learner: one formula, and nothing else."""

    def formula(self, output, target, weight, denominator):
        error = output - target
        return (weight * error**4).sum() / denominator, lambda dC: 4 * dC * weight * error**3 / denominator


class DistanceLoss(lw.Loss):
    """Of a learner: how far a point is from its target, a sample at a time."""

    def formula(self, output, target, weight, denominator):
        error = output - target
        length = np.sqrt((error * error).sum(axis=1, keepdims=True))
        return (weight * length).sum() / denominator, lambda dC: dC * weight * error / length / denominator


class MarginLoss(lw.LabelLoss):
    """Of a learner: what the true class lacks to 1."""

    def formula(self, output, target, weight, denominator):
        rows = np.arange(len(target))
        slope = np.zeros_like(output)
        slope[rows, target] = -weight[:, 0]
        return (weight[:, 0] * (1 - output[rows, target])).sum() / denominator, lambda dC: dC * slope / denominator


def rng(purpose):
    return generator(12, purpose)


def case(loss, shape):
    output = rng("output").normal(size=shape)
    if isinstance(loss, lw.LabelLoss):
        return output, rng("label").integers(shape[-1], size=shape[:-1])
    return output, rng("target").normal(size=shape)


OWN = [QuarticLoss(), DistanceLoss(), MarginLoss(), MarginLoss([0.5, 2.0, 1.0], ignore_index=1)]
each_own = pytest.mark.parametrize("loss", OWN, ids=lambda loss: type(loss).__name__)


@each_own
@pytest.mark.parametrize("shape", [(5, 3), (1, 3), (4, 2, 3)], ids=str)
def test_a_loss_of_ones_own_is_weighted_and_divided(loss, shape, tally):
    output, target = case(loss, shape)
    weight = rng("weight").uniform(0.5, 2, size=len(output))
    for keywords in ({}, {"weight": weight}, {"weight": weight, "denominator": 3.0}):
        _, backward = loss(output, target, **keywords)
        assert backward().shape == shape
        assert_slope(backward(), slope(lambda keywords=keywords: loss(output, target, **keywords)[0], output))
        tally.add("gradient checks")


@each_own
def test_the_parts_of_a_batch_add_up_for_a_loss_of_ones_own(loss):
    output, target = case(loss, (6, 3))
    whole, denominator = loss(output, target)[0], loss.denominator(output, target)
    parts = [loss(output[p], target[p], denominator=denominator)[0] for p in (slice(0, 1), slice(1, 4), slice(4, 6))]
    assert sum(parts) == pytest.approx(whole, rel=1e-13)


def test_values_of_losses_of_ones_own_by_hand():
    assert QuarticLoss()([[1.0], [5.0]], [[0], [3]])[0] == (1 + 16) / 2
    assert DistanceLoss()([[3.0, 4.0], [1.0, 0.0]], np.zeros((2, 2)))[0] == (5 + 1) / 2
    assert MarginLoss([1.0, 3.0])([[0.5, 0.0], [0.0, 1.0]], [0, 1])[0] == (0.5 + 0) / 4


@each_own
def test_a_network_learns_with_a_loss_of_ones_own(loss):
    x, target = rng("x").normal(size=(40, 2)), case(loss, (40, 3))[1]
    net = lw.Network(lw.Linear(2, 3), seed=0)
    history = lw.fit(net, (x, target), loss=loss, optimizer=lw.SGD(lr=0.01), epochs=5, progress=False)
    assert history["train_loss"][-1] < history["train_loss"][0]


def test_a_loss_of_ones_own_is_not_kept_alive():
    loss = QuarticLoss()
    gone = weakref.ref(loss)
    loss(np.ones((2, 1)), np.zeros((2, 1)))
    del loss
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(("output", "target", "words"), [
    (np.ones(3), np.ones(3), "expects an output (N, K), got shape (3,)"),
    (np.ones((3, 2)), np.ones((2, 2)), "expects a target for each of 3 samples, got a target of shape (2, 2)"),
    (np.ones((3, 2)), 1.0, "expects a target for each of 3 samples, got a target of shape ()"),
])  # fmt: skip
def test_what_does_not_fit_a_loss_of_ones_own(output, target, words, tally):
    refused(tally, ShapeError, words, lambda: DistanceLoss()(output, target))


# --- looking in ------------------------------------------------------------------------------------------------------


class Calls(lw.Tap):
    operations = True

    def __init__(self):
        self.calls, self.gradients = [], []

    def operation(self, call):
        self.calls.append(call)

    def operation_backward(self, call, upstream, gradients):
        self.gradients.append((call, upstream, gradients))


FORMULAS = {
    "MSELoss": formulas.mean_squared_error,
    "L1Loss": formulas.mean_absolute_error,
    "HuberLoss": formulas.huber,
    "BCEWithLogitsLoss": formulas.binary_cross_entropy_with_logits,
    "BCELoss": formulas.binary_cross_entropy,
    "CrossEntropyLoss": formulas.cross_entropy_with_logits,
    "NLLLoss": formulas.negative_log_likelihood,
}


@pytest.mark.parametrize("name", TABLE)
def test_a_tap_sees_the_formula_and_changes_no_bit(name):
    loss, output, target = TABLE[name].make(), outputs(name, 6, 3), TABLE[name].target(6, 3)
    value, backward = loss(output, target)
    tap = Calls()
    seen, seen_backward = loss(output, target, tap=tap)
    assert seen == value
    assert seen_backward().tobytes() == backward().tobytes()
    (call,) = tap.calls
    assert (call.where, call.formula, call.value) == ("loss", FORMULAS[name], value)
    assert call.formula(*call.arguments, **call.keywords)[0] == pytest.approx(value, rel=1e-12)
    ((_, upstream, gradient),) = tap.gradients
    assert upstream == (1.0,)
    np.testing.assert_array_equal(gradient, backward())


def test_a_tap_sees_the_formula_of_a_loss_of_ones_own():
    tap, loss = Calls(), QuarticLoss()
    loss(np.ones((2, 1)), np.zeros((2, 1)), tap=tap)
    assert tap.calls[0].formula == loss.formula
    assert tap.calls[0].value == 1


def test_a_tap_sees_which_formula_soft_targets_take():
    tap = Calls()
    lw.CrossEntropyLoss()(np.zeros((2, 2)), np.full((2, 2), 0.5), tap=tap)
    lw.CrossEntropyLoss(label_smoothing=0.1)(np.zeros((2, 2)), [0, 1], tap=tap)
    assert [call.formula for call in tap.calls] == [formulas.cross_entropy_with_soft_targets] * 2


def test_losses_are_copied():
    for row in TABLE.values():
        loss = row.make()
        assert repr(copy.deepcopy(loss)) == repr(loss)


# --- NaN is never right ----------------------------------------------------------------------------------------------

CE, NLL, BCE, P = lw.CrossEntropyLoss(), lw.NLLLoss(), lw.BCEWithLogitsLoss(), lw.BCELoss()


@pytest.mark.parametrize(("loss", "output", "target", "share"), [
    (CE, np.full((3, 2), NAN), [0, 0, 0], 0.0),
    (CE, [[NAN, 1.0], [2.0, 1.0]], [0, 0], 0.5),
    (CE, [[1.0, NAN], [2.0, 1.0]], [1, 0], 0.5),
    (CE, [[NAN], [1.0]], [0, 0], 0.5),
    (CE, [[[NAN, 1.0], [2.0, 1.0]]], [[0, 0]], 0.5),
    (CE, [[NAN, 1.0], [2.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]], 0.5),
    (CE, [[2.0, 1.0], [2.0, 1.0]], [[NAN, 0.0], [1.0, 0.0]], 0.5),
    (CE, [[NAN, 1.0], [2.0, 1.0]], [-100, 0], 1.0),
    (NLL, [[NAN, -1.0], [-1.0, -2.0]], [0, 0], 0.5),
    (BCE, [[NAN], [-1.0]], [[0.0], [0.0]], 0.5),
    (BCE, [[NAN], [1.0]], [[1.0], [1.0]], 0.5),
    (BCE, [[-1.0], [-1.0]], [[NAN], [0.0]], 0.5),
    (P, [[NAN], [0.25]], [[0.0], [0.0]], 0.5),
    (CE, [[-np.inf, 0.0], [np.inf, 0.0]], [1, 0], 1.0),
    (CE, [[2.0], [-2.0]], [0, 0], 1.0),
], ids=str)  # fmt: skip
def test_nan_is_never_right(loss, output, target, share):
    assert loss.accuracy(output, target) == share


def test_nan_is_never_right_where_a_network_is_judged():
    net = lw.Network(lw.Linear(2, 2, bias=False), seed=0)
    x = np.array([[NAN, 1.0], [1.0, 1.0]])
    right = int(net(x)[1].argmax())
    found = lw.training.evaluate(net, x, [0, right], lw.CrossEntropyLoss())
    assert math.isnan(found["loss"])
    assert found["accuracy"] == 0.5


@pytest.mark.parametrize(("loss", "output", "target"), [
    (CE, np.zeros((0, 2)), np.zeros(0, int)),
    (CE, np.zeros((2, 2)), [-100, -100]),
    (CE, np.zeros((0, 2)), np.zeros((0, 2))),
    (NLL, np.zeros((0, 2)), np.zeros(0, int)),
    (BCE, np.zeros((0, 1)), np.zeros((0, 1))),
    (P, np.zeros((3, 0)), np.zeros((3, 0))),
], ids=repr)  # fmt: skip
def test_a_share_of_nothing_is_an_error(loss, output, target, tally):
    refused(tally, DataError, "a share of nothing is not a number", lambda: loss.accuracy(output, target))


# --- outputs that do not fit -----------------------------------------------------------------------------------------

PAIR = [[0.9, 0.1]]


@pytest.mark.parametrize(("output", "target"), [
    (PAIR, [0]),
    (lw.formulas.softmax(np.zeros((3, 4)))[0], [0, 1, 2]),
    ([[-1.0, 2.0]], [0]),
    (np.zeros((2, 3)) + np.float32(0.01), [0, 1]),
    ([[[-1.0, -2.0], [-1.0, 0.5]]], [[0, 1]]),
    ([[-np.inf, np.inf]], [0]),
    ([[-1.0, 5.0]], [-100]),
], ids=str)  # fmt: skip
def test_what_is_no_log_probability_is_refused(output, target, tally):
    words = ("NLLLoss() expects log-probabilities, which are 0 at the most", "LogSoftmax()", "CrossEntropyLoss")
    refused(tally, DataError, words, lambda: lw.NLLLoss()(output, target, denominator=1))


@pytest.mark.parametrize("output", [
    np.log(PAIR), [[0.0, -np.inf]], [[1e-7, -20.0]], np.log(np.float16(PAIR)), [[-5.0, -6.0]], [[NAN, -1.0]],
], ids=str)  # fmt: skip
def test_what_may_be_a_log_probability_is_taken(output):
    value, _ = lw.NLLLoss()(output, [0])
    assert value == pytest.approx(-float(np.asarray(output)[0, 0]), nan_ok=True)


@pytest.mark.parametrize(
    "loss", [CE, NLL, lw.CrossEntropyLoss(label_smoothing=0.1), lw.CrossEntropyLoss([1.0])], ids=repr
)
@pytest.mark.parametrize("shape", [(2, 0), (0, 0), (2, 3, 0)], ids=str)
def test_no_classes_are_told(loss, shape, tally):
    targets = [np.zeros(shape[:-1], int), np.zeros(shape)] if loss is not NLL else [np.zeros(shape[:-1], int)]
    for target in targets:
        for keywords in ({}, {"denominator": 2.0}):
            refused(tally, DataError, ("of one class or more", "0 outputs", str(shape)),
                    lambda target=target, keywords=keywords: loss(np.zeros(shape), target, **keywords))  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_weights_that_are_infinite_are_told(name, tally):
    loss, output, target = TABLE[name].make(), outputs(name, 2, 3), TABLE[name].target(2, 3)
    for weight, place in (
        ([1, np.inf], "inf in row 1"),
        ([np.inf, -1], "inf in row 0"),
        ([-np.inf, 1], "-inf in row 0"),
    ):
        words = ("weights must be finite, and 0 or more", place)
        refused(tally, DataError, words, lambda weight=weight: loss(output, target, weight))


ODD_OUTPUTS = [0.5, None, np.zeros(()), [], "a", [[]], np.zeros((0, 3)), np.zeros((2, 0)), {}, -np.ones((2, 2, 2))]
ODD_OUTPUTS += [[[0.5, 0.5]], [[-1, -2]]]
ODD_TARGETS = [0, [0], [[0]], [], None, "a", [0.5], [[0.5, 0.5]], [[0, 1]], [[]], np.zeros((2, 0)), {}]
ODD_TARGETS += [np.zeros((2, 0), int), np.zeros((0, 3)), np.zeros((2, 2), int), np.zeros((2, 2, 2))]


@pytest.mark.parametrize("name", TABLE)
def test_whatever_comes_it_is_computed_or_refused_in_words(name):
    """Also without a warning of NumPy, which is an error in these tests."""
    loss, refusals = TABLE[name].make(), 0
    for output, target in itertools.product(ODD_OUTPUTS, ODD_TARGETS):
        for call in (loss, partial(loss, denominator=1.0), loss.accuracy, loss.denominator):
            try:
                call(output, target)
            except LayerwiseError:
                refusals += 1
    assert refusals > len(ODD_OUTPUTS) * len(ODD_TARGETS)
