"""Weights of samples and of classes, and ignored labels: what counts, counts the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
from tests.training import runs
from tests.training.runs import CtrlC

import layerwise as lw
from layerwise.errors import DataError, KindError, LayerwiseError, SettingError, ShapeError, TrainingInterrupted
from layerwise.training import StepEnded, evaluate

X, LABELS = runs.classes()
IGNORED = np.where(np.arange(runs.N) % 3 == 0, -100, LABELS)
WEIGHT = runs.generator(0, "weights").uniform(0.1, 3.0, runs.N)
SOFT = np.eye(runs.K)[LABELS] * 0.7 + 0.1

MEASURES: dict[str, tuple[lw.losses.Loss, Any, Any]] = {
    "plain": (lw.CrossEntropyLoss(), LABELS, None),
    "class weights": (lw.CrossEntropyLoss([1, 5, 0.2]), LABELS, None),
    "ignored labels": (lw.CrossEntropyLoss(), IGNORED, None),
    "both": (lw.CrossEntropyLoss([1, 5, 0.2]), IGNORED, None),
    "smoothed": (lw.CrossEntropyLoss([1, 5, 0.2], label_smoothing=0.1), IGNORED, WEIGHT),
    "sample weights": (lw.CrossEntropyLoss(), LABELS, WEIGHT),
    "all three": (lw.CrossEntropyLoss([1, 5, 0.2]), IGNORED, WEIGHT),
    "soft targets": (lw.CrossEntropyLoss([1, 5, 0.2]), SOFT, WEIGHT),
    "quantities": (lw.MSELoss(), SOFT, WEIGHT),
    "yes or no": (lw.BCEWithLogitsLoss(), SOFT, WEIGHT),
}


def linear(outputs: int = runs.K) -> lw.Network:
    return lw.Network(lw.Linear(runs.D, outputs), dtype="float64")


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("batch_size", [1, 5, 64])
def test_the_running_loss_is_the_loss_of_the_whole_where_nothing_moves(name: str, batch_size: int) -> None:
    loss, target, weight = MEASURES[name]
    net = linear()
    history = runs.fit(
        net,
        train=(X, target),
        loss=loss,
        sample_weight=weight,
        optimizer=lw.SGD(0),
        batch_size=batch_size,
        validation=None,
        evaluate_train=True,
        epochs=2,
    )
    whole, _ = loss(net(X), target, weight)
    np.testing.assert_allclose(history["train_loss"], [whole] * 2, rtol=1e-12)
    np.testing.assert_allclose(history["train_loss_evaluated"], [whole] * 2, rtol=1e-12)
    assert evaluate(net, X, target, loss, weight)["loss"] == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize(("loss", "target"), [
    (lw.CrossEntropyLoss(), LABELS), (lw.CrossEntropyLoss([1, 5, 0.2]), LABELS), (lw.MSELoss(), SOFT),
    (lw.L1Loss(), SOFT), (lw.BCEWithLogitsLoss(), SOFT),
])  # fmt: skip
def test_a_weight_of_two_is_the_sample_twice(loss: lw.losses.Loss, target: Any) -> None:
    """Under full-batch gradient descent; and a weight of 0 is the sample left out."""
    times = np.arange(runs.N) % 3
    twice = np.repeat(np.arange(runs.N), times)
    weighted, repeated = linear(), linear()
    usual = {"loss": loss, "optimizer": lw.GradientDescent(0.1), "batch_size": 99, "validation": None, "epochs": 30}
    one = runs.fit(weighted, train=(X, target), sample_weight=times, **{**usual, "optimizer": lw.GradientDescent(0.1)})
    two = runs.fit(repeated, train=(X[twice], target[twice]), **usual)
    np.testing.assert_allclose(weighted.theta, repeated.theta, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(one["train_loss"], two["train_loss"], rtol=1e-12)
    assert one["train_loss"][-1] < one["train_loss"][0]


def least_squares(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Slope and intercept of the line that minimises the weighted squares, from the normal equations."""
    A = np.column_stack([x, np.ones(len(x))])
    return np.linalg.solve(A.T @ (weight[:, None] * A), A.T @ (weight * y))


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("scale", [1.0, 100.0, 1e-3])
def test_training_descends_the_weighted_loss_whatever_the_batch_size(batch_size: int, scale: float) -> None:
    """Two clouds on two lines, of which one weighs more: the line between them depends on the weights."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 40)
    side = np.arange(40) % 4 == 0
    y, weight = np.where(side, 3 * x + 1, -x), scale * np.where(side, 9.0, 0.5)
    net, epochs = lw.Network(lw.Linear(1, 1), dtype="float64"), 250 + 50 * batch_size
    history = lw.fit(net, (x[:, None], y[:, None]), loss=lw.MSELoss(), optimizer=lw.SGD(0.02), epochs=epochs,
                     batch_size=batch_size, sample_weight=weight, schedule=lw.ExponentialLR(0.02 ** (1 / epochs)),
                     evaluate_train=True, progress=False)  # fmt: skip
    slope, intercept = least_squares(x, y, weight)
    np.testing.assert_allclose([net[0].weight[0, 0], net[0].bias[0]], [slope, intercept], atol=0.02)
    residual = weight @ (slope * x + intercept - y) ** 2 / weight.sum()
    assert history["train_loss_evaluated"][-1] == pytest.approx(residual, rel=0.01)


@pytest.mark.parametrize("case", ["class weights", "ignored labels", "both", "soft targets", "all three"])
@pytest.mark.parametrize("batch_size", [1, 4, 22])
def test_the_updates_of_an_epoch_add_up_to_the_gradient_of_the_whole(case: str, batch_size: int) -> None:
    """At a rate too small to move anything, the steps of an epoch are that of full-batch descent, one each batch."""
    loss, target, weight = MEASURES[case]
    net = linear()
    net.zero_grad()
    net.backpropagate(X, target, loss, weight)
    theta, gradient, lr = net.theta.copy(), net.grad.copy(), 1e-9
    fitted = linear()
    runs.fit(fitted, train=(X, target), sample_weight=weight, loss=loss, batch_size=batch_size, epochs=1,
             optimizer=lw.GradientDescent(lr), validation=None)  # fmt: skip
    steps = runs.N / batch_size  # a batch of B rows moves by B / N of the whole's gradient, times N / B
    moved = (theta - fitted.theta) / lr
    if runs.N % batch_size == 0:
        np.testing.assert_allclose(moved, steps * gradient, rtol=1e-4, atol=1e-5)
    else:  # the last batch is smaller, and its rows count for more
        assert np.corrcoef(moved, gradient)[0, 1] > 0.9


def test_equal_weights_are_no_weights() -> None:
    nets = [linear(), linear()]
    for net, weight in zip(nets, (None, np.full(runs.N, 0.25)), strict=True):
        runs.fit(net, sample_weight=weight)
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-8)


def test_a_batch_in_which_nothing_counts_makes_no_step() -> None:
    """Six samples of 22 count, in batches of 2; the others are neither learnt from nor measured."""
    weight = (np.arange(runs.N) < 6).astype(float)
    net = linear()
    recorder = runs.Recorder(net)
    history = runs.fit(net, sample_weight=weight, batch_size=2, listeners=[recorder], validation=None, epochs=3)
    steps = recorder.of(StepEnded)
    assert [event.step for event in steps] == list(range(1, len(steps) + 1))
    assert 3 * 3 <= len(steps) <= 3 * 6 < 3 * 11
    assert history.epochs == 3
    only = linear()
    recorder = runs.Recorder(only)
    runs.fit(only, train=(X[:6], LABELS[:6]), batch_size=99, optimizer=lw.SGD(0), listeners=[recorder], epochs=1)
    still = runs.fit(linear(), sample_weight=weight, batch_size=2, optimizer=lw.SGD(0), epochs=1)
    assert still["train_loss"][0] == pytest.approx(recorder.of(StepEnded)[0].loss, rel=1e-12)


def test_a_validation_part_may_begin_with_an_ignored_label() -> None:
    held_out = (X, np.where(np.arange(runs.N) < 5, -100, LABELS))
    net, early = runs.network(), lw.EarlyStopping(monitor="val_accuracy")
    history = runs.fit(net, validation=held_out, listeners=[early])
    found = evaluate(net, X[5:], LABELS[5:], lw.CrossEntropyLoss())
    assert max(history["val_accuracy"]) == pytest.approx(found["accuracy"])


def test_weights_belong_to_the_run_that_is_resumed(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "run"
    whole = runs.network()
    runs.fit(whole, sample_weight=WEIGHT, checkpoint=tmp_path / "whole")
    for step in (3, 7):
        with pytest.raises(TrainingInterrupted):
            runs.fit(runs.network(), sample_weight=WEIGHT, checkpoint=path, listeners=[CtrlC(step)])
        net = runs.network()
        runs.fit(net, sample_weight=WEIGHT.tolist(), checkpoint=path, resume=path)
        assert net.theta.tobytes() == whole.theta.tobytes()
        assert path.read_bytes() == (tmp_path / "whole").read_bytes()
    for other in (None, WEIGHT + 1):
        refused(tally, SettingError, "other sample weights",
                lambda other=other: runs.fit(runs.network(), sample_weight=other, resume=path))  # fmt: skip


WRONG: dict[str, tuple[Any, type[LayerwiseError], tuple[str, ...]]] = {
    "too few": (WEIGHT[1:], ShapeError, ("sample_weight", "expected shape (22,)", "got (21,)")),
    "a column": (WEIGHT[:, None], ShapeError, ("(22, 1)", "sample_weight.ravel()")),
    "a number": (1.0, ShapeError, ("one number per sample", "got ()")),
    "negative": (np.where(np.arange(runs.N) == 7, -0.5, 1.0), DataError, ("0 or more", "-0.5 in row 7")),
    "NaN": (np.where(np.arange(runs.N) == 7, np.nan, 1.0), DataError, ("sample_weight", "nan", "row 7")),
    "infinite": (np.where(np.arange(runs.N) == 7, 1e300, 1.0), DataError, ("sample_weight in float32", "row 7")),
    "all 0": (np.zeros(runs.N), DataError, ("training data holds no sample that counts", "all 22")),
    "text": (["a"] * runs.N, KindError, ("sample_weight", "text")),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_weights_are_refused(case: str, tally: Tally) -> None:
    weight, error, words = WRONG[case]
    net = runs.network()
    before = net.theta.copy()
    refused(tally, error, words, lambda: runs.fit(net, sample_weight=weight))
    assert np.array_equal(net.theta, before)


def test_a_part_in_which_nothing_counts_is_refused(tally: Tally) -> None:
    nothing = np.full(runs.N, -100)
    refused(tally, DataError, "training data holds no sample that counts",
            lambda: runs.fit(runs.network(), train=(X, nothing)))  # fmt: skip
    refused(tally, DataError, "validation data holds no sample that counts",
            lambda: runs.fit(runs.network(), validation=(X, nothing)))  # fmt: skip
    only = np.where(LABELS == 1, 1.0, 0.0)
    refused(tally, DataError, "no sample that counts",
            lambda: runs.fit(runs.network(), loss=lw.CrossEntropyLoss([1, 0, 1]), sample_weight=only))  # fmt: skip
