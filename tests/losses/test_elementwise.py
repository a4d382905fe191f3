"""Losses of elements: values by hand, their settings, and the limits of the ones on probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.losses import LOSSES
from layerwise.random import generator


def some(purpose):
    return generator(4, purpose).normal(size=(6, 3))


def test_absolute_error_by_hand():
    value, backward = lw.L1Loss()(np.array([[1.0, 2.0], [3.0, 5.0]]), [[1, 0], [0, 9]])
    assert value == (0 + 2 + 3 + 4) / 4
    np.testing.assert_array_equal(backward(), np.array([[0, 1], [1, -1]]) / 4)


def test_huber_by_hand():
    """Errors 1, -2, 3 and -4 with δ = 2: half their squares up to 2, then 2 (|e| - 1)."""
    output, target = np.array([[1.0], [-2.0], [3.0], [-4.0]]), np.zeros((4, 1))
    value, backward = lw.HuberLoss(delta=2)(output, target)
    assert value == (0.5 + 2 + 4 + 6) / 4
    np.testing.assert_array_equal(backward(), np.array([[1], [-2], [2], [-2]]) / 4)


def test_huber_between_its_two_limits():
    """A wide δ gives half the mean squared error, a narrow one δ times the absolute error."""
    output, target = 2 * some("output"), some("y")
    assert lw.HuberLoss(delta=1e3)(output, target)[0] == pytest.approx(lw.MSELoss()(output, target)[0] / 2, rel=1e-12)
    narrow = lw.HuberLoss(delta=1e-9)(output, target)[0]
    assert narrow == pytest.approx(1e-9 * lw.L1Loss()(output, target)[0], rel=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("delta", [0.1, 1.0, 2.5])
def test_huber_deltas_as_torch_computes(delta):
    torch = pytest.importorskip("torch")
    output, target = 2 * some("output"), some("y")
    tensor = torch.from_numpy(output).requires_grad_()
    theirs = torch.nn.HuberLoss(delta=delta)(tensor, torch.from_numpy(target))
    theirs.backward()
    value, backward = lw.HuberLoss(delta=delta)(output, target)
    assert value == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(backward(), tensor.grad.numpy(), rtol=1e-12, atol=1e-15)


def test_binary_cross_entropy_on_probabilities_by_hand():
    value, backward = lw.BCELoss()(np.array([[0.25], [0.75]]), [[1], [1]])
    assert value == pytest.approx((math.log(4) + math.log(4 / 3)) / 2, rel=1e-14)
    np.testing.assert_allclose(backward(), [[-2], [-2 / 3]], rtol=1e-14)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_binary_cross_entropy_of_certain_probabilities_as_torch_computes(dtype):
    """The limits of both: a logarithm is -100 at the least, p (1 - p) is 1e-12 at the least."""
    torch = pytest.importorskip("torch")
    p, y = (np.repeat([0.0, 1.0, 1e-30, 1e-44], 3)[:, None].astype(dtype), np.tile([0.0, 0.5, 1.0], 4)[:, None])
    y = y.astype(dtype)
    tensor = torch.from_numpy(p).requires_grad_()
    theirs = torch.nn.BCELoss()(tensor, torch.from_numpy(y))
    theirs.backward()
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, backward = lw.BCELoss()(p, y)
        gradient = backward()
    assert value == pytest.approx(theirs.item(), rel=1e-6)
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize(
    ("logit", "truth", "right"),
    [(0.0, 0, 1), (0.0, 1, 0), (0.5, 1, 1), (0.5, 0.6, 1), (0.5, 0.5, 0), (-1.0, 0.5, 1), (-1.0, 1, 0), (2.0, 0.2, 0)],
)
def test_a_yes_is_more_than_one_half(logit, truth, right):
    """On the output as on the target: one half is a no."""
    for loss, output in ((lw.BCEWithLogitsLoss(), logit), (lw.BCELoss(), 1 / (1 + math.exp(-logit)))):
        share = loss.accuracy(np.array([[output]]), np.array([[truth]]))
        assert share == right
        assert type(share) is float


@pytest.mark.parametrize("loss", [lw.BCEWithLogitsLoss(), lw.BCELoss()], ids=repr)
def test_accuracy_takes_lists_and_checks_them(loss, tally):
    assert loss.accuracy([[0.75], [1.0]], [[1], [0]]) == 0.5
    refused(tally, ShapeError, "write target.reshape(-1, 1)", lambda: loss.accuracy(np.ones((4, 1)), np.ones(4)))


def test_settings_go_through_the_table():
    loss = lw.HuberLoss(delta=0.5)
    assert LOSSES.spec(loss) == {"name": "HuberLoss", "delta": 0.5}
    assert repr(LOSSES.build(LOSSES.spec(loss))) == repr(loss) == "HuberLoss(delta=0.5)"


@pytest.mark.parametrize(("delta", "error", "words"), [
    (0, SettingError, "delta must be above 0, got 0"),
    (-1.0, SettingError, "delta must be above 0"),
    (math.nan, SettingError, "finite"),
    (math.inf, SettingError, "finite"),
    ("1", KindError, "delta must be a number"),
    (True, KindError, "delta must be a number"),
    (None, KindError, "delta must be a number"),
])  # fmt: skip
def test_deltas_that_do_not_fit(delta, error, words, tally):
    refused(tally, error, words, lambda: lw.HuberLoss(delta=delta))


def test_yes_or_no_is_right_where_output_and_target_are_on_the_same_side():
    loss = lw.BCEWithLogitsLoss()
    output, target = np.array([[2.0], [-1.0], [0.5], [-3.0]]), np.array([[1.0], [0.0], [0.0], [0.25]])
    share = loss.accuracy(output, target)
    assert share == 0.75
    assert type(share) is float


def test_yes_or_no_at_a_tie_is_a_no():
    """A logit of 0 and a target of 1/2 stand for no."""
    loss = lw.BCEWithLogitsLoss()
    assert loss.accuracy(np.array([[0.0]]), np.array([[0.0]])) == 1
    assert loss.accuracy(np.array([[-1.0]]), np.array([[0.5]])) == 1
    assert loss.accuracy(np.array([[0.5]]), np.array([[0.6]])) == 1
