"""What listeners are told of the run, what they notice, and how they look inside a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.training import runs
from tests.training.runs import STEPS

import layerwise as lw
from layerwise.tap import Tap
from layerwise.training import Answer, EpochEnded, Listener, Noticed, Started, StepEnded, Stop


def test_a_listener_is_told_of_the_run() -> None:
    heard: list[Started] = []

    class Reads(Listener):
        def started(self, event: Started) -> None:
            heard.append(event)

    net, loss, optimizer, schedule = runs.network(), lw.CrossEntropyLoss(), lw.Adam(0.05), lw.StepLR(2)
    runs.fit(net, loss=loss, optimizer=optimizer, schedule=schedule, regularizer=lw.L2(0.1), listeners=[Reads()])
    run = heard[0].run
    assert (run.net, run.loss, run.optimizer, run.schedule) == (net, loss, optimizer, schedule)
    assert (run.regularizer.strength, run.source.count, len(run.validation)) == (0.1, runs.N, 9)


class Steps(Listener):
    """Copies what a step shows."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def step_ended(self, event: StepEnded) -> Answer:
        before = event.before.theta.copy(), {name: a.copy() for name, a in event.before.buffers.items()}
        self.seen.append((event, *before, event.run.net.theta.copy()))
        return None


@pytest.mark.parametrize("clip", [{}, {"clip_norm": 1e-3}, {"clip_value": 1e-4}, {"regularizer": lw.L2(10.0)}])
def test_a_step_shows_its_batch_the_weights_before_and_the_norm_of_the_raw_gradient(clip: dict[str, Any]) -> None:
    steps, net = Steps(), lw.Network(lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.Dropout(0.3), lw.Linear(6, runs.K))
    twin = lw.Network.from_spec(net.spec())
    runs.fit(net, listeners=[steps], seed=3, **clip)
    theta, step = twin.theta.copy(), 0
    for event, before, buffers, after in steps.seen:
        assert np.array_equal(before, theta)
        twin.theta = before
        for name, array in twin.buffers().items():
            assert np.array_equal(array, buffers[name])
        twin.zero_grad()
        value = twin.backpropagate(event.batch.x, event.batch.target, lw.CrossEntropyLoss(), seed=3, step=step)
        assert event.loss == value
        assert event.gradient_norm == pytest.approx(np.linalg.norm(twin.grad), rel=1e-5)
        theta, step = after, step + 1
    assert step == 4 * STEPS


class Finds(Listener):
    """Notices something at a step and at an epoch, and writes down what it hears."""

    def __init__(self, step: int = 0, epoch: int = 0) -> None:
        self.step, self.epoch, self.heard = step, epoch, []  # type: ignore[var-annotated]

    def step_ended(self, event: StepEnded) -> Answer:
        return Noticed(event.step, f"step {event.step}") if event.step == self.step else None

    def epoch_ended(self, event: EpochEnded) -> Answer:
        return Noticed(event.step, f"epoch {event.epoch}") if event.epoch == self.epoch else None

    def noticed(self, event: Noticed) -> None:
        self.heard.append(event)


def test_what_one_notices_all_are_told() -> None:
    first, second, third = Finds(step=3), Finds(epoch=2), Finds()
    runs.fit(runs.network(), listeners=[first, second, third])
    found = [Noticed(3, "step 3"), Noticed(2 * STEPS, "epoch 2")]
    assert first.heard == second.heard == third.heard == found


def test_noticing_stops_nothing_and_a_stop_beside_it_counts() -> None:
    class Stops(Listener):
        def step_ended(self, event: StepEnded) -> Answer:
            return Stop("seen enough") if event.step == 3 else None

    finds = Finds(step=3)
    history = runs.fit(runs.network(), listeners=[finds, Stops()])
    assert (history.stopped, finds.heard) == ("seen enough", [Noticed(3, "step 3")])


# --- taps ----------------------------------------------------------------------------------------------------------


class Sees(Tap):
    """Copies all that it is shown."""

    def __init__(self, operations: bool = False) -> None:
        self.operations = operations
        self.activations: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.formulas: list[str] = []

    def activation(self, where: str, value: np.ndarray) -> None:
        self.activations[where] = value.copy()

    def gradient(self, where: str, gradient: np.ndarray) -> None:
        self.gradients[where] = gradient.copy()

    def operation(self, call: Any) -> None:
        self.formulas.append(call.formula.__name__)


class Looks(Listener):
    """Asks for a tap at every step that the number divides."""

    def __init__(self, every: int, operations: bool = False) -> None:
        self.every, self.operations = every, operations
        self.asked: list[int] = []
        self.taps: dict[int, Sees] = {}
        self.batches: dict[int, Any] = {}

    def tap(self, step: int) -> Tap | None:
        self.asked.append(step)
        if step % self.every:
            return None
        self.taps[step] = Sees(self.operations)
        return self.taps[step]

    def step_ended(self, event: StepEnded) -> Answer:
        self.batches[event.step] = event.batch.x, event.before.theta.copy()
        return None


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("make", [
    lambda: runs.network(),
    lambda: lw.Network(lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.Tanh(), lw.Linear(6, runs.K)),
], ids=["dropout", "norm"])  # fmt: skip
def test_looking_inside_changes_no_bit(make: Any, compiled: bool) -> None:
    lw.use_compiled(compiled)
    try:
        found = []
        for listeners in ([], [Looks(1)], [Looks(2), Looks(3, operations=True), Steps()]):
            net = make()
            history = runs.fit(net, listeners=listeners)
            found.append((net.theta.tobytes(), history.as_dict()))
        assert found[0] == found[1] == found[2]
    finally:
        lw.use_compiled(True)


def test_all_who_ask_at_a_step_see_it() -> None:
    net = runs.network(dropout=0.0)
    one, two, curious = Looks(2), Looks(3), Looks(6, operations=True)
    runs.fit(net, listeners=[one, two, curious])
    steps = list(range(1, 4 * STEPS + 1))
    assert one.asked == two.asked == curious.asked == steps
    assert list(one.taps) == [step for step in steps if step % 2 == 0]
    assert list(two.taps) == [step for step in steps if step % 3 == 0]
    for step in curious.taps:
        for where, array in one.taps[step].activations.items():
            assert np.array_equal(array, two.taps[step].activations[where])
            assert np.array_equal(array, curious.taps[step].activations[where])
    assert curious.taps[6].formulas[:2] == ["linear", "relu"]
    assert one.taps[6].formulas == [], "only who wants operations is shown them"


def test_a_tap_sees_the_step_itself() -> None:
    net, looks = runs.network(dropout=0.0), Looks(1)
    runs.fit(net, listeners=[looks])
    for step, (x, theta) in looks.batches.items():
        net.theta = theta
        np.testing.assert_allclose(looks.taps[step].activations["3"], net(x), rtol=1e-5, atol=1e-6)
        assert set(looks.taps[step].gradients) == {"0", "1", "2", "3"}


def test_nobody_is_asked_who_does_not_care() -> None:
    assert not Steps().asks_for_taps
    assert Looks(1).asks_for_taps
    assert Listener().tap(1) is None
