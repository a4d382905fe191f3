"""One number of each kind for every step, those of the run itself."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight import StepHistory

DATA = lw.data.load("moons", n=90, seed=1)


def trained(*listeners: lw.Listener) -> tuple[lw.Network, lw.History]:
    net = lw.Network(lw.Linear(2, 6), lw.Tanh(), lw.Linear(6, 2), seed=4)
    history = lw.fit(
        net, DATA.train, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.2), epochs=3, batch_size=21,
        schedule=lw.StepLR(step_size=1, gamma=0.5), listeners=listeners,
    )  # fmt: skip
    return net, history


def test_the_numbers_are_those_of_the_run() -> None:
    watch = StepHistory()
    net, history = trained(watch)
    per_epoch = len(watch.steps) // 3
    assert watch.steps == list(range(1, 3 * per_epoch + 1))
    assert [watch.lr[k * per_epoch] for k in range(3)] == history["lr"]
    assert len(watch.loss) == len(watch.gradient_norm) == len(watch.steps)
    bare, _ = trained()
    np.testing.assert_array_equal(net.theta, bare.theta)


def test_the_mean_of_an_epoch_is_that_of_the_history() -> None:
    watch = StepHistory()
    _, history = trained(watch)
    sizes = [21] * (len(DATA.train.x) // 21) + ([len(DATA.train.x) % 21] if len(DATA.train.x) % 21 else [])
    first = np.average(watch.loss[: len(sizes)], weights=sizes)
    assert first == pytest.approx(history["train_loss"][0], rel=1e-6)


def test_the_norm_is_that_of_the_gradient() -> None:
    watch, net = StepHistory(), lw.Network(lw.Linear(2, 2), seed=4)
    x, y = DATA.train
    fresh = lw.Network(lw.Linear(2, 2), seed=4)
    fresh.zero_grad()
    fresh.backpropagate(x, y, lw.CrossEntropyLoss())
    lw.fit(
        net,
        (x, y),
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.SGD(lr=0.2),
        epochs=1,
        batch_size=len(x),
        listeners=[watch],
    )
    assert watch.gradient_norm == pytest.approx([float(np.linalg.norm(fresh.grad))], rel=1e-5)
