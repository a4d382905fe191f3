"""Divergence: a run that leaves the range of the numbers ends with a sentence and the best weights that it had."""

from __future__ import annotations

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise import storage
from layerwise.data.batches import batches, shuffled
from layerwise.errors import DivergedError
from layerwise.training import Ended, EpochEnded, Listener, evaluate
from layerwise.training.divergence import GROWTH, cause, has_diverged


def step_of_divergence(net: lw.Network, train: Any, loss: lw.losses.Loss, lr: float, epochs: int) -> int:
    """The step at which plain descent blows up, by a loop of its own."""
    x, target = (np.asarray(each) for each in train)
    x = x.astype(net.dtype)
    target = target.astype(net.dtype) if target.dtype.kind == "f" else target
    start, first, step = deepcopy(net), math.nan, 0

    def blown(value: float, rows: Any) -> bool:
        usual, _ = loss(start(x[rows]), target[rows])
        return not math.isfinite(value) or value > 1e6 * max(1.0, first, usual)

    with np.errstate(all="ignore"):
        for epoch in range(epochs):
            for rows in batches(shuffled(len(x), 0, epoch), runs.BATCH):
                step += 1
                net.zero_grad()
                y, backward = net.forward(x[rows], training=True, seed=0, step=step - 1)
                value, backward_loss = loss(y, target[rows])
                first = value if step == 1 else first
                if blown(value, rows):
                    return step
                backward(backward_loss())
                net.theta -= lr * net.grad
            value, _ = loss(net(x[rows]), target[rows])
            if blown(value, rows):
                return step
    return 0


def loss_on(net: lw.Network, train: Any, loss: lw.losses.Loss) -> float:
    """The loss of the network on all of the data; infinity where it is no number."""
    with np.errstate(all="ignore"):
        value = evaluate(net, np.asarray(train[0], net.dtype), np.asarray(train[1]), loss)["loss"]
    return value if math.isfinite(value) else math.inf


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
def test_the_true_step_the_cause_and_no_weights_worse_than_before(case: str, tmp_path: Path) -> None:
    train, loss, lr, dtype, words = CASES[case]
    outputs = 1 if loss is MSE else runs.K
    twin, net = runs.network(outputs, dtype), runs.network(outputs, dtype)
    untrained = loss_on(net, train, loss)
    step = step_of_divergence(twin, train, loss, lr, epochs=4)
    assert step > 0, "the case does diverge"
    optimizer, path = lw.GradientDescent(lr), tmp_path / "run"
    with pytest.raises(DivergedError) as caught:
        runs.fit(net, train=train, loss=loss, optimizer=optimizer, validation=None, checkpoint=path)
    message = str(caught.value)
    assert message.startswith(f"diverged at step {step}: ")
    assert caught.value.step == step
    assert words in message
    assert "The best weights so far are kept." in message
    assert np.isfinite(net.theta).all()
    assert loss_on(net, train, loss) <= untrained
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
    with pytest.raises(DivergedError, match=r"diverged at step \d+: .*The best weights so far are kept\."):
        lw.fit(net, (x, x.sum(axis=1)), loss=MSE, optimizer=lw.GradientDescent(1e3), epochs=20, progress=False)
    assert np.isfinite(net.theta).all()


# --- what is kept --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [1.0, 3.0, 5.0, 20.0])
@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_what_is_kept_is_never_worse_than_untrained(lr: float, batch_size: int) -> None:
    """A rate a little too large: the loss grows by a factor at each step, and is finite and huge before it is lost."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4))
    train, net, optimizer = (x, x.sum(axis=1, keepdims=True)), lw.Network(lw.Linear(4, 1), seed=0), lw.SGD(lr=lr)
    untrained = loss_on(net, train, MSE)
    with pytest.raises(DivergedError):
        lw.fit(net, train, loss=MSE, optimizer=optimizer, epochs=200, batch_size=batch_size, progress=False)
    assert loss_on(net, train, MSE) <= untrained


class Explodes(lw.schedules.Schedule):
    """The rate it was given, and from a step on a huge one."""

    def __init__(self, step: int, lr: float = 1e6) -> None:
        super().__init__("step")
        self.step, self.lr = step, lr

    def __call__(self, lr: float, t: int) -> float:
        return lr if t < self.step else self.lr


@pytest.mark.parametrize("validation", [None, runs.quantities(9, "validation")], ids=["training", "validation"])
def test_what_is_kept_is_as_good_as_the_best_epoch(validation: Any) -> None:
    train, net = (X, Y), runs.network(1, dropout=0.0)
    best: list[float] = []

    class Measure(Listener):
        def epoch_ended(self, event: EpochEnded) -> None:
            best.append(loss_on(event.net, validation or train, MSE))

    with pytest.raises(DivergedError):
        runs.fit(net, train=train, loss=MSE, optimizer=lw.SGD(0.02), validation=validation, epochs=9,
                 schedule=Explodes(6 * runs.STEPS + 2), listeners=[Measure()], evaluate_train=True)  # fmt: skip
    assert len(best) == 6
    assert loss_on(net, validation or train, MSE) == pytest.approx(min(best), rel=1e-6)


def test_a_long_epoch_is_not_lost_as_a_whole() -> None:
    """One epoch of 1000 updates that blows up near its end."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 4))
    train, net = (x, x.sum(axis=1, keepdims=True)), lw.Network(lw.Linear(4, 1), seed=0)
    untrained = loss_on(net, train, MSE)
    with pytest.raises(DivergedError):
        lw.fit(net, train, loss=MSE, optimizer=lw.SGD(0.01), epochs=1, batch_size=1, schedule=Explodes(900))
    assert loss_on(net, train, MSE) < 0.01 * untrained


def test_early_stopping_brings_back_its_best() -> None:
    net, stopper = runs.network(1), lw.EarlyStopping(patience=9)
    with pytest.raises(DivergedError):
        runs.fit(net, train=(X, Y), loss=MSE, optimizer=lw.Adam(0.1), validation=runs.quantities(9, "validation"),
                 epochs=9, schedule=Explodes(6 * runs.STEPS + 2, 1e25), listeners=[stopper])  # fmt: skip
    assert stopper.best_snapshot is not None
    assert np.array_equal(net.theta, stopper.best_snapshot.theta)


MAKE = [lambda: lw.SGD(0.05, momentum=0.9), lambda: lw.Adam(0.05), lambda: lw.RMSprop(0.05), lambda: lw.Adagrad(0.05),
        lambda: lw.Momentum(0.05), lambda: lw.AdamW(0.05)]  # fmt: skip


@pytest.mark.parametrize("make", MAKE, ids=lambda make: type(make()).__name__)
@pytest.mark.parametrize("after", [1, 2 * runs.STEPS + 2])
def test_the_optimizer_goes_back_with_the_weights(make: Any, after: int) -> None:
    """The next run with the same objects at a harmless rate is the run that a sound optimizer would make."""
    net, optimizer = runs.network(1), make()
    with pytest.raises(DivergedError):
        runs.fit(net, train=(X, Y), loss=MSE, optimizer=optimizer, validation=None, schedule=Explodes(after, 1e30))
    assert optimizer.t in (0, runs.STEPS, 2 * runs.STEPS), "an end of an epoch, or the start"
    sound = runs.network(1)
    sound_optimizer = make()
    if optimizer.t:
        runs.fit(sound, train=(X, Y), loss=MSE, optimizer=sound_optimizer, validation=None,
                 epochs=optimizer.t // runs.STEPS)  # fmt: skip
    assert np.array_equal(net.theta, sound.theta)
    histories = [
        runs.fit(each, train=(X, Y), loss=MSE, optimizer=other, validation=None)
        for each, other in ((net, optimizer), (sound, sound_optimizer))
    ]
    assert np.array_equal(net.theta, sound.theta)
    assert histories[0]["train_loss"] == histories[1]["train_loss"]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [3e5, 8e5, 1e7])
@pytest.mark.parametrize("where", ["targets", "inputs"])
def test_a_batch_with_an_outlier_is_no_divergence(seed: int, size: float, where: str) -> None:
    """Targets of 0 with a few huge ones, or inputs: the first batch, without one, says nothing about the others."""
    rng = np.random.default_rng(seed)
    x, target = rng.normal(size=(200, 3)), np.zeros((200, 1))
    rows = rng.choice(200, 3, replace=False)
    if where == "targets":
        target[rows] = size
    else:
        x[rows] = size
    net = lw.Network(lw.Linear(3, 1), seed=seed)
    history = lw.fit(net, (x, target), loss=MSE, optimizer=lw.SGD(1e-15), epochs=2, batch_size=10, seed=seed)
    assert history.epochs == 2


def test_a_run_that_diverged_stands_where_its_weights_are_and_goes_on() -> None:
    net = runs.network(1)
    recorder = runs.Recorder(net)
    run = lw.Run(net, (X, Y), loss=MSE, optimizer=lw.SGD(0.02), epochs=6, batch_size=runs.BATCH,
                 schedule=Explodes(3 * runs.STEPS + 2, 1e30), listeners=[recorder])  # fmt: skip
    with pytest.raises(DivergedError) as caught:
        run.advance()
    assert recorder.events[-1] == Ended("diverged", 3 * runs.STEPS + 3, 3)
    step = run.position.step
    assert step in (runs.STEPS, 2 * runs.STEPS, 3 * runs.STEPS)
    assert np.array_equal(net.theta, recorder.thetas[step - 1])
    assert run.history.epochs == run.position.epoch == step // runs.STEPS
    assert caught.value.history.epochs == 3
    run.set(schedule=None, lr=1e-3)
    assert run.advance() == "finished"
    assert run.history.epochs == 6
