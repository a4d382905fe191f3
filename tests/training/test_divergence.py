"""Divergence: a run that leaves the range of the numbers ends with a sentence and the last good weights."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise import storage
from layerwise.data.batches import batches, shuffled
from layerwise.errors import DivergedError
from layerwise.training.divergence import GROWTH, cause, has_diverged


def reference(net: lw.Network, train: Any, loss: lw.losses.Loss, lr: float, epochs: int) -> tuple[int, np.ndarray]:
    """The step at which plain descent blows up, and the last weights whose loss was sound; by a loop of its own."""
    x, target = (np.asarray(each) for each in train)
    x = x.astype(net.dtype)
    target = target.astype(net.dtype) if target.dtype.kind == "f" else target
    first, good, step = math.nan, net.theta.copy(), 0
    with np.errstate(all="ignore"):
        for epoch in range(epochs):
            for rows in batches(shuffled(len(x), 0, epoch), runs.BATCH):
                step += 1
                net.zero_grad()
                y, backward = net.forward(x[rows], training=True, seed=0, step=step - 1)
                value, backward_loss = loss(y, target[rows])
                first = value if step == 1 else first
                if not math.isfinite(value) or value > 1e6 * max(1.0, first):
                    return step, good
                good = net.theta.copy()
                backward(backward_loss())
                net.theta -= lr * net.grad
            value, _ = loss(net(x[rows]), target[rows])
            if not math.isfinite(value) or value > 1e6 * max(1.0, first):
                return step, good
    return 0, good


MSE, CE = lw.MSELoss(), lw.CrossEntropyLoss()
X, LABELS = runs.classes()
Y = runs.quantities()[1]
WILD = X * np.array([1.0, 1.0, 1e9, 1.0])

CASES: dict[str, tuple[Any, lw.losses.Loss, float, str, str]] = {
    "mse, rate 1e3": ((X, Y), MSE, 1e3, "float32", "The learning rate 1e+03 is too large here: try 0.01"),
    "mse, rate 1e10": ((X, Y), MSE, 1e10, "float32", "The learning rate 1e+10"),
    "mse, rate 1e10, float64": ((X, Y), MSE, 1e10, "float64", "clip_norm=1"),
    "ce, rate 1e10": ((X, LABELS), CE, 1e10, "float32", "The learning rate 1e+10 is too large here: try 0.01"),
    "ce, rate 1e30": ((X, LABELS), CE, 1e30, "float32", "The learning rate 1e+30"),
    "mse, a column of 1e9": ((WILD, Y), MSE, 0.01, "float32", "The inputs reach 3.76e+09: scale"),
    "ce, a column of 1e9": ((WILD, LABELS), CE, 0.01, "float32", "The inputs reach 3.76e+09: scale"),
    "targets of 1e200": ((X, Y * 1e200), MSE, 0.01, "float64", "The targets reach 1.86e+200: scale"),
    "targets of 1e30": ((X, Y * 1e30), MSE, 0.01, "float32", "scale them to about -1 to 1"),
    "targets of 1e5": ((X, Y * 1e5), MSE, 5.0, "float64", "The targets reach 1.86e+05: scale"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_true_step_the_cause_and_the_weights_before(case: str, tmp_path: Path) -> None:
    train, loss, lr, dtype, words = CASES[case]
    outputs = 1 if loss is MSE else runs.K
    twin, net = runs.network(outputs, dtype), runs.network(outputs, dtype)
    step, good = reference(twin, train, loss, lr, epochs=4)
    assert step > 0, "the case does diverge"
    optimizer, path = lw.GradientDescent(lr), tmp_path / "run"
    with pytest.raises(DivergedError) as caught:
        runs.fit(net, train=train, loss=loss, optimizer=optimizer, validation=None, checkpoint=path)
    message = str(caught.value)
    assert message.startswith(f"diverged at step {step}: ")
    assert caught.value.step == step
    assert words in message
    assert "The last good weights are kept." in message
    assert np.isfinite(net.theta).all()
    np.testing.assert_allclose(net.theta, good, rtol=1e-5 if dtype == "float32" else 1e-12)
    assert isinstance(caught.value.history, lw.History)
    assert caught.value.history.stopped == "diverged"
    assert np.isfinite(lw.load(path).theta).all(), "the file is whole, and of a sound moment"


@pytest.mark.parametrize("lr", [1e3, 1e10, 1e30])
@pytest.mark.parametrize("optimizer", [lw.SGD, lw.Adam, lw.Momentum, lw.GradientDescent])
@pytest.mark.parametrize("loss", [MSE, CE, lw.BCEWithLogitsLoss()], ids=repr)
def test_absurd_rates_end_in_words_or_in_numbers(loss: lw.losses.Loss, optimizer: Any, lr: float) -> None:
    """Never in a warning, a NaN or a traceback of NumPy."""
    train = {"MSELoss": (X, Y), "CrossEntropyLoss": (X, LABELS)}.get(type(loss).__name__, (X, LABELS[:, None] > 0))
    net = runs.network(runs.K if loss is CE else 1)
    message = ""
    try:
        history = runs.fit(net, train=train, loss=loss, optimizer=optimizer(lr), validation=train)
    except DivergedError as error:
        history, message = error.history, str(error)
    assert not message or message.startswith("diverged at step ")
    assert np.isfinite(history.get("train_loss", [])).all()
    assert np.isfinite(net.theta).all()
    assert np.isfinite(net(X)).all()


def test_the_last_update_of_a_run_is_looked_at_too() -> None:
    """One epoch, one batch: no step comes after it that could notice."""
    net = runs.network(1, dropout=0.0)
    before = net.theta.copy()
    with pytest.raises(DivergedError, match=r"diverged at step 1: the loss became .* The learning rate 1e\+10"):
        runs.fit(net, train=(X, Y), loss=MSE, optimizer=lw.SGD(1e10), epochs=1, batch_size=64, validation=None)
    assert np.array_equal(net.theta, before)


def test_the_best_checkpoint_outlives_a_divergence(tmp_path: Path) -> None:
    """The rate explodes in the fourth epoch; the file holds the third, and goes on from there."""

    class Explodes(lw.schedules.Schedule):
        def __call__(self, lr: float, epoch: int) -> float:
            return lr if epoch < 3 else 1e30

    path, options = tmp_path / "run", {"epochs": 9, "optimizer": lw.SGD(0.1), "schedule": Explodes()}
    net = runs.network()
    stopper = lw.EarlyStopping(9)
    with pytest.raises(DivergedError) as caught:
        runs.fit(net, checkpoint=path, listeners=[stopper], **options)
    sound = runs.network()
    history = runs.fit(sound, **{**options, "epochs": 3, "optimizer": lw.SGD(0.1)})
    stored = storage.read(path)
    assert np.array_equal(lw.load(path).theta, sound.theta)
    assert np.array_equal(stored.arrays["training/history/train_loss"], history["train_loss"])
    assert stopper.best_snapshot is not None
    assert np.array_equal(stored.arrays["training/EarlyStopping 0/best/theta"], stopper.best_snapshot.theta)
    assert caught.value.history.as_dict() == history.as_dict()
    again = runs.network()
    with pytest.raises(DivergedError) as twice:
        runs.fit(again, resume=path, listeners=[lw.EarlyStopping(9)], **{**options, "optimizer": lw.SGD(0.1)})
    assert str(twice.value) == str(caught.value)
    assert np.array_equal(again.theta, net.theta)


def test_weights_that_are_too_large_from_the_start() -> None:
    net = runs.network()
    net.theta *= 1e30
    before = net.theta.copy()
    with pytest.raises(DivergedError, match=r"diverged at step 1: .* The weights are too large from the start"):
        runs.fit(net)
    assert np.array_equal(net.theta, before)


def test_ctrl_c_after_an_update_that_went_wrong_keeps_the_last_good_file(tmp_path: Path) -> None:
    path = tmp_path / "run"
    net = runs.network()
    with pytest.raises(DivergedError):
        runs.fit(net, optimizer=lw.SGD(1e30), checkpoint=path, listeners=[runs.CtrlC(1)])
    assert np.array_equal(lw.load(path).theta, runs.network().theta)


def test_validation_beyond_the_range_is_recorded_and_stops_nothing(tmp_path: Path) -> None:
    """The run itself is sound; what is not is the validation part, and infinity says so."""
    held_out = (X, np.full_like(Y, 1e30))
    net = runs.network(1)
    stopper = lw.EarlyStopping(2)
    history = runs.fit(
        net, train=(X, Y), loss=MSE, validation=held_out, checkpoint=tmp_path / "run", listeners=[stopper]
    )
    assert history["val_loss"] == [math.inf] * 2
    assert history.stopped == "stopped early"
    assert np.isfinite(net.theta).all()


def test_what_counts_as_diverged() -> None:
    assert [has_diverged(value, 2.0) for value in (math.nan, math.inf, -math.inf)] == [True] * 3
    assert not has_diverged(2.0 * GROWTH, 2.0)
    assert has_diverged(2.001 * GROWTH, 2.0)
    assert not has_diverged(GROWTH, 1e-9), "a loss that began near 0 may become 1"
    assert has_diverged(1.001 * GROWTH, 1e-9)


def test_causes_in_their_order() -> None:
    small, large = np.array([[0.5]]), np.array([[-5e3]])
    assert cause(large, large, 1.0, updates=3).startswith("The inputs reach 5e+03: scale")
    assert cause(small, large, 1.0, updates=3).startswith("The targets reach 5e+03: scale")
    assert cause(small, np.array([5000]), 1.0, updates=3) == (
        "The learning rate 1 is too large here: try 0.01, or clip_norm=1."
    ), "labels are no quantities"
    assert "fresh network" in cause(small, small, 1.0, updates=0)
    assert "fresh network" in cause(small, small, 0.0, updates=5)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_recurrent_network_of_a_thousand_steps(nonlinearity: str) -> None:
    x = np.random.default_rng(0).normal(size=(8, 1000, 1)).astype(np.float32)
    net = lw.Network(lw.RNN(1, 8, nonlinearity=nonlinearity, output="last"), lw.Linear(8, 1), seed=0)
    with pytest.raises(DivergedError, match=r"diverged at step \d+: .*The last good weights are kept\."):
        lw.fit(net, (x, x.sum(axis=1)), loss=MSE, optimizer=lw.GradientDescent(1e3), epochs=20, progress=False)
    assert np.isfinite(net.theta).all()
