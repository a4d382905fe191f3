"""The rate finder: its number is good, its interval is read off the curve, and it touches nothing."""

from __future__ import annotations

import math
from copy import deepcopy
from itertools import count, product

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.data.batches import batches, shuffled
from layerwise.errors import DataError, DivergedError, KindError, SettingError, ShapeError
from layerwise.random import generator
from layerwise.training import rate_finder
from layerwise.training.rate_finder import _read

SETS = ["moons", "circles", "spiral", "xor", "checkerboard", "iris", "diabetes"]
OPTIMIZERS = {"SGD": lambda lr=0.1: lw.SGD(lr=lr), "momentum": lambda lr=0.1: lw.SGD(lr=lr, momentum=0.9),
              "Adam": lambda lr=0.1: lw.Adam(lr=lr)}  # fmt: skip


def parts(name, seed=0, dtype="float32"):
    data = lw.data.load(name)
    outputs = len(data.classes) or 1
    net = lw.Network(lw.Linear(data.train.x.shape[1], 32), lw.ReLU(), lw.Linear(32, 32), lw.ReLU(),
                     lw.Linear(32, outputs), seed=seed, dtype=dtype)  # fmt: skip
    return net, data, lw.CrossEntropyLoss() if data.classes else lw.MSELoss()


@pytest.mark.parametrize("make", [lw.SGD, lw.Adagrad, lw.RMSprop, lw.Adam, lw.AdamW])
def test_the_answer_is_consistent(make):
    net, data, loss = parts("moons")
    found = lw.find_lr(net, data.train, loss=loss, optimizer=make())
    assert found.low <= found.lr <= found.high
    assert found.lr == pytest.approx(found.high / 3)
    assert found.rates.shape == found.losses.shape
    assert (np.diff(np.log(found.rates)) > 0).all()
    assert np.isfinite(found.losses).all()
    for number in (found.low, found.high, found.lr):
        assert f"{number:.2g}" in found.reason
    assert "rates" not in repr(found)


def snapshot(net, optimizer):
    state = [net.theta, net.grad, *net.state_dict().values(), *optimizer.state.values()]
    return [array.tobytes() for array in state], net.passes, repr(net), repr(optimizer), optimizer.t


def test_nothing_is_touched():
    """Not the weights, the gradient, the running statistics, the count of passes, the optimizer, nor the data."""
    data = lw.data.load("moons")
    net = lw.Network(lw.Linear(2, 8), lw.BatchNorm1d(8), lw.ReLU(), lw.Dropout(0.2), lw.Linear(8, 2))
    optimizer, loss = lw.Adam(lr=0.01), lw.CrossEntropyLoss()
    lw.fit(net, data.train, loss=loss, optimizer=optimizer, epochs=1, progress=False)
    x, y = data.train
    x.flags.writeable = False
    before = snapshot(net, optimizer)
    state = np.random.get_state()[1].tobytes()
    lw.find_lr(net, (x, y), loss=loss, optimizer=optimizer)
    assert snapshot(net, optimizer) == before
    assert np.random.get_state()[1].tobytes() == state


def test_the_same_seed_gives_the_same_bits():
    net, data, loss = parts("moons")
    one, two, other = (
        lw.find_lr(net, data.train, loss=loss, optimizer=lw.Adam(lr=lr), seed=seed)
        for lr, seed in ((0.1, 0), (9.0, 0), (0.1, 1))
    )
    assert one.losses.tobytes() == two.losses.tobytes()  # whatever the rate of the optimizer
    assert (one.lr, one.reason) == (two.lr, two.reason)
    assert one.losses.tobytes() != other.losses.tobytes()


def by_hand(net, x, y, *, batch_size, lowest, highest, steps, seed):
    """The smoothed curve of a loop of its own: gradient descent, cross-entropy, 1,024 samples that count."""
    net, loss = deepcopy(net), lw.CrossEntropyLoss()
    counted = np.flatnonzero(y >= 0)
    rows = counted[np.sort(shuffled(len(counted), seed, epoch=0)[:1024])]
    order = (each for epoch in count() for each in batches(shuffled(len(x), seed, epoch), batch_size))
    mean, curve = 0.0, []
    for step, lr in enumerate(np.geomspace(lowest, highest, steps)):
        batch = next(order)
        net.zero_grad()
        output, backward = net.forward(x[batch], training=True, seed=seed, step=step)
        backward(loss(output, y[batch], denominator=len(batch) * len(counted) / len(y))[1]())
        net.theta -= lr * net.grad
        measured, _ = net.forward(x[rows], training=True, seed=seed, step=0)  # by the statistics of these samples
        mean = 0.8 * mean + 0.2 * loss(measured, y[rows])[0]
        curve.append(mean / (1 - 0.8 ** (step + 1)))
    return curve


def test_the_curve_is_that_of_a_loop_by_hand():
    """With dropout and running statistics, ignored labels, more samples than are measured, and more than an epoch."""
    rng = generator(5, "rate finder")
    x = rng.normal(size=(1500, 4))
    y = np.where(rng.random(1500) < 0.2, -100, (x[:, 0] * x[:, 1] > 0).astype(int))
    assert (y >= 0).sum() > 1024
    net = lw.Network(
        lw.Linear(4, 16), lw.BatchNorm1d(16), lw.ReLU(), lw.Dropout(0.4), lw.Linear(16, 2), dtype="float64"
    )
    settings = {"batch_size": 100, "lowest": 1e-3, "highest": 2.0, "steps": 20, "seed": 3}
    found = lw.find_lr(net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.GradientDescent(), **settings)
    np.testing.assert_allclose(found.losses, by_hand(net, x, y, **settings), rtol=1e-10)
    np.testing.assert_allclose(found.rates, np.geomspace(1e-3, 2.0, 20))


@pytest.mark.parametrize("scale", [1e-3, 0.1, 100.0, 1e4])
@pytest.mark.parametrize("shift", [0.0, 50.0])
@pytest.mark.parametrize("momentum", [0.1, 0.01, None])
def test_batch_normalisation_takes_the_scale_out_of_the_answer(scale, shift, momentum):
    """And not the settling of the running statistics into it, which takes longer where they have further to go."""
    rng = generator(5, "scales")
    x = rng.normal(size=(300, 4))
    y = (x[:, 0] > 0).astype(int)

    def found(x):
        net = lw.Network(lw.BatchNorm1d(4, eps=1e-12, momentum=momentum), lw.Linear(4, 16), lw.ReLU(),
                         lw.Linear(16, 2), dtype="float64")  # fmt: skip
        return lw.find_lr(net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD()).lr

    assert found(x * scale + shift) == pytest.approx(found(x), rel=1e-6)


@pytest.mark.parametrize(("measured", "kept"), [
    ([1.0, 0.5, 10.0, 10.1, 0.1], 2),  # ten times the loss at the start is the last that counts
    ([1.0, 0.5, math.nan, 0.4], 1),
    ([1.0, 0.5, math.inf, 0.4], 1),
    ([1.0, *[0.5] * 12], 12),
])  # fmt: skip
def test_the_test_ends_where_the_loss_blows_up(measured, kept, monkeypatch):
    """measured: the loss before the first step, and after each."""
    losses = iter(measured)
    monkeypatch.setattr(rate_finder, "evaluate", lambda *_: {"loss": next(losses)})
    net, data, loss = parts("moons")
    found = lw.find_lr(net, data.train, loss=loss, optimizer=lw.SGD(), steps=12)
    assert len(found.losses) == len(found.rates) == kept


def test_the_limit_of_a_parabola_is_found():
    """One weight, J = 50 w²: the curvature is 100, and gradient descent diverges above a rate of 0.02.

    The test is at the bottom long before it gets there, so that the advice stays on the safe side: 1/20 of the limit.
    """
    x = np.full((64, 1), math.sqrt(50))
    net = lw.Network(lw.Linear(1, 1, bias=False), dtype="float64")
    found = lw.find_lr(net, (x, np.zeros((64, 1))), loss=lw.MSELoss(), optimizer=lw.GradientDescent())
    assert 0.0005 < found.lr < found.high < 0.02
    assert 0.02 < found.rates[-1] < 0.2  # the curve ends where the loss blows up, some steps after the limit


def test_the_reason_says_when_the_test_was_too_short():
    net, data, loss = parts("moons")
    found = lw.find_lr(net, data.train, loss=loss, optimizer=lw.SGD(), highest=0.05)
    assert "pass a larger highest=" in found.reason
    assert "it rises" in lw.find_lr(net, data.train, loss=loss, optimizer=lw.SGD()).reason


def test_reading_a_curve_by_hand():
    rates = 10.0 ** np.arange(-5, 2)
    found = _read(rates, np.array([1.0, 0.99, 0.9, 0.5, 0.02, 0.0, 3.0]), first=1.0, complete=True)
    assert (found.low, found.high) == (1e-3, 1e-1)
    assert found.lr == pytest.approx(1 / 30)
    assert found.reason == (
        "The loss, 1 at the start, begins to fall at a rate of 0.001 and is down to 0 at 0.1; higher up it rises. "
        "A third of 0.1 is 0.033."
    )
    steep = _read(rates, np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), first=1.0, complete=True)
    assert steep.low == steep.lr == pytest.approx(1 / 30)  # a cliff: the interval begins at the advice
    assert "does not rise before the end" in steep.reason
    assert "higher up it rises" in _read(rates[:5], np.array([1.0, 1.0, 0.9, 0.5, 0.0]), 1.0, complete=False).reason


def test_what_counts_as_rising_is_a_twentieth_of_the_fall():
    """From 11 down to 1, a fall of 10: half of one above the bottom is no rise yet, more is."""
    rates = 10.0 ** np.arange(-5, 2)
    for last, words in ((1.2, "does not rise"), (1.5, "does not rise"), (1.51, "it rises"), (2.0, "it rises")):
        found = _read(rates, np.array([11.0, 10.5, 9.0, 5.0, 1.5, 1.0, last]), first=11.0, complete=True)
        assert words in found.reason
        assert found.reason.startswith(
            "The loss, 11 at the start, begins to fall at a rate of 0.0001 and is down to 1 at 0.1"
        )
        assert (found.low, found.high) == (1e-4, 1e-1)  # where just a twentieth of the fall is behind, and still ahead
        assert [type(number) for number in (found.lr, found.low, found.high)] == [float] * 3


@pytest.mark.parametrize("losses", [[], [1.0, 1.0], [2.0, 3.0], [0.9995, 0.9991]])
def test_a_curve_that_does_not_fall_is_refused(losses, tally):
    rates = np.arange(1, len(losses) + 1) / 10
    refused(tally, DataError, ("no learning rate lowered the loss, 1 at the start", "dead units"),
            lambda: _read(rates, np.array(losses), 1.0, complete=True))  # fmt: skip


def test_what_can_not_learn_is_refused(tally):
    net, data, loss = parts("moons")
    x = data.train.x
    net[0].bias = np.full(32, -100.0)  # dead for all of the data
    net[4].weight = np.zeros((2, 32))
    net[4].bias = np.zeros(2)
    half = np.arange(len(x)) % 2  # as many of one class as of the other: the bias has nothing to learn
    refused(tally, DataError, "no learning rate lowered the loss",
            lambda: lw.find_lr(net, (x[:100], half[:100]), loss=loss, optimizer=lw.SGD(), batch_size=100))  # fmt: skip


@pytest.mark.parametrize(("options", "error", "words"), [
    ({"lowest": 1.0, "highest": 1.0}, SettingError, "lowest must be below highest, got 1.0 and 1.0"),
    ({"lowest": 0}, SettingError, "lowest must be above 0"),
    ({"highest": math.inf}, SettingError, "highest must be a finite number"),
    ({"highest": "1"}, KindError, "highest must be a number"),
    ({"steps": 9}, SettingError, "steps must be at least 10"),
    ({"steps": 50.0}, KindError, "steps must be a whole number"),
    ({"batch_size": 0}, SettingError, "batch_size"),
    ({"seed": -1}, SettingError, "seed"),
    ({"threads": 0}, SettingError, "threads"),
    ({"optimizer": lw.Adam}, KindError, "optimizer must be an Optimizer"),
    ({"loss": None}, KindError, "loss must be a Loss"),
])  # fmt: skip
def test_arguments_that_do_not_fit(options, error, words, tally):
    net, data, loss = parts("moons")
    arguments = {"loss": loss, "optimizer": lw.SGD()} | options
    refused(tally, error, words, lambda: lw.find_lr(net, data.train, **arguments))


def test_data_that_does_not_fit(tally):
    net, data, loss = parts("moons")
    x, y = data.train
    find = lambda train: lw.find_lr(net, train, loss=loss, optimizer=lw.SGD())  # noqa: E731
    refused(tally, ShapeError, "training", lambda: find((x[:, :1], y)))
    refused(tally, DataError, "training", lambda: find((np.where(x > 1, np.nan, x), y)))
    refused(tally, KindError, "training data is a pair", lambda: find(x))
    refused(tally, KindError, "net must be a Network", lambda: lw.find_lr(
        lw.Linear(2, 2), data.train, loss=loss, optimizer=lw.SGD()))  # fmt: skip
    net.theta = np.full(net.theta.shape, np.nan)
    refused(tally, DataError, "of the network", lambda: find(data.train))


def test_it_learns_from_less_than_a_batch():
    rng = generator(0, "few")
    x = rng.normal(size=(3, 2))
    found = lw.find_lr(lw.Network(lw.Linear(2, 1)), (x, x[:, :1]), loss=lw.MSELoss(), optimizer=lw.SGD())
    assert 1e-3 < found.lr < 10


def test_samples_that_do_not_count_are_left_out():
    net, data, loss = parts("moons")
    x, y = data.train
    ignored = np.where(np.arange(len(y)) < 100, -100, y)
    found = lw.find_lr(net, (x, ignored), loss=loss, optimizer=lw.SGD(), batch_size=1)
    assert np.isfinite(found.losses).all()
    assert found.losses[0] == pytest.approx(loss(net(x[100:]), y[100:])[0], rel=0.01)


def trained(name, seed, optimizer, epochs=8):
    """The training loss that a run ends with; infinity if it diverges."""
    net, data, loss = parts(name, seed)
    try:
        lw.fit(net, data.train, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=32, seed=seed, progress=False)
    except DivergedError:
        return math.inf
    value, _ = loss(net(data.train.x), data.train.y)
    return value


@pytest.mark.parametrize(("name", "optimizer", "seed"), list(product(SETS, OPTIMIZERS, (0, 1))))
def test_its_rate_beats_a_hundredth_and_a_hundredfold(name, optimizer, seed):
    """After eight epochs, by the loss on the training data."""
    net, data, loss = parts(name, seed)
    make = OPTIMIZERS[optimizer]
    found = lw.find_lr(net, data.train, loss=loss, optimizer=make(), batch_size=32, seed=seed)
    ends = {factor: trained(name, seed, make(found.lr * factor)) for factor in (0.01, 1, 100)}
    assert ends[1] < ends[0.01]
    assert ends[1] < ends[100]
