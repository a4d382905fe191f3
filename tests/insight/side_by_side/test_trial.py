"""A trial is training as `fit` does it, with the loss before and after every epoch, and divergence as a result."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.insight.side_by_side.trial import arms_of, last_loss, task, trial


def test_the_losses_are_those_of_fit() -> None:
    learnt = task(lw.data.load("moons", n=60))
    made = trial(lw.mlp(2, 4, 2, seed=1), learnt, lw.SGD(lr=0.1), epochs=3, batch_size=16, seed=5)
    net = lw.mlp(2, 4, 2, seed=1)
    x, y = learnt.data.train
    first, _ = lw.CrossEntropyLoss()(net(x), y)
    history = lw.fit(
        net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=3, batch_size=16, seed=5,
        evaluate_train=True, progress=False,
    )  # fmt: skip
    np.testing.assert_array_equal(made.losses[1:], history["train_loss_evaluated"])
    np.testing.assert_allclose(made.losses[0], first, rtol=1e-6)
    np.testing.assert_array_equal(made.net.theta, net.theta)


def test_divergence_is_a_result() -> None:
    learnt = task(lw.data.load("sine", n=60))
    made = trial(lw.mlp(1, 4, 1), learnt, lw.SGD(lr=1e6), epochs=3, batch_size=16, seed=0)
    assert np.isfinite(made.losses[0])
    assert np.isinf(made.losses[1:]).all()


def test_an_arm_has_a_curve_and_a_number_for_each_seed() -> None:
    learnt = task(lw.data.load("moons", n=60))

    def make(name: str, seed: int):
        return trial(lw.mlp(2, 4, 2, seed=seed), learnt, lw.SGD(lr=0.1), epochs=2, batch_size=64, seed=seed)

    [found] = arms_of(["a"], str, make, last_loss, seeds=2)
    assert found.curves.shape == (2, 3)
    np.testing.assert_array_equal(found.numbers, found.curves[:, -1])
    assert found.numbers[0] != found.numbers[1]
    [again] = arms_of(["again"], str, make, last_loss, seeds=2)
    np.testing.assert_array_equal(again.curves, found.curves)


def test_tasks(tally: Tally) -> None:
    assert (task("sine").outputs, type(task("sine").loss)) == (1, lw.MSELoss)
    assert (task("rings").inputs, task("rings").outputs) == (2, 3)
    refused(tally, KindError, "data", lambda: task(3))  # type: ignore[arg-type]
    refused(tally, SettingError, "moons", lambda: task("mons"))
