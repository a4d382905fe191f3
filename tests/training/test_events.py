"""Events: what a listener hears, in which order, and what it can and can not do."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS, CtrlC, Recorder

import layerwise as lw
from layerwise.errors import DivergedError, KindError, TrainingInterrupted
from layerwise.network import Snapshot
from layerwise.training import Ended, EpochEnded, Listener, Started, StepEnded, Stop


def test_all_events_in_their_order() -> None:
    net = runs.network()
    recorder = Recorder(net)
    history = runs.fit(net, listeners=[recorder], epochs=2, schedule=lw.StepLR(1, 0.5))
    epoch = [StepEnded] * STEPS + [EpochEnded]
    assert [type(event) for event in recorder.events] == [Started, *epoch, *epoch, Ended]
    started = recorder.events[0]
    assert (started.samples, started.epochs, started.steps_per_epoch) == (runs.N, 2, STEPS)
    assert (started.epoch, started.step) == (0, 0)
    assert started.net is net
    assert started.records == tuple(history)
    steps = recorder.of(StepEnded)
    assert [event.step for event in steps] == list(range(1, 2 * STEPS + 1))
    assert [event.epoch for event in steps] == [1] * STEPS + [2] * STEPS
    assert [event.lr for event in steps] == [0.05] * STEPS + [0.025] * STEPS
    assert all(type(event.loss) is float for event in steps)
    for number, event in enumerate(recorder.of(EpochEnded), start=1):
        assert (event.epoch, event.epochs, event.step) == (number, 2, number * STEPS)
        assert event.metrics == {name: values[number - 1] for name, values in history.items()}
        assert event.net is net
    assert recorder.events[-1] == Ended("finished", 2 * STEPS, 2)


def test_a_resumed_run_says_where_it_goes_on(tmp_path: Any) -> None:
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), checkpoint=tmp_path / "run", listeners=[CtrlC(7)])
    net = runs.network()
    recorder = Recorder(net)
    runs.fit(net, resume=tmp_path / "run", listeners=[recorder])
    assert (recorder.events[0].epoch, recorder.events[0].step) == (1, 7)
    assert [event.step for event in recorder.of(StepEnded)] == list(range(8, 21))


def test_events_can_not_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Ended("finished", 1, 1).step = 2  # type: ignore[misc]


class At(Listener):
    """Answers, or raises, at one step or epoch."""

    def __init__(self, answer: Any, step: int = 0, epoch: int = 0) -> None:
        self.answer, self.step, self.epoch = answer, step, epoch

    def _now(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def step_ended(self, event: StepEnded) -> Stop | None:
        return self._now() if event.step == self.step else None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        return self._now() if event.epoch == self.epoch else None


@pytest.mark.parametrize("step", [1, 3, STEPS, STEPS + 2, 4 * STEPS])
def test_a_stop_after_a_step_is_followed_at_once(step: int, tmp_path: Any) -> None:
    net, path = runs.network(), tmp_path / "run"
    recorder = Recorder(net)
    history = runs.fit(net, listeners=[recorder, At(Stop("seen enough"), step=step)], checkpoint=path)
    assert len(recorder.thetas) == step
    assert np.array_equal(net.theta, recorder.thetas[-1])
    assert history.stopped == "seen enough"
    assert history.epochs == (step - 1) // STEPS, "the epoch that was cut is not recorded"
    assert recorder.events[-1] == Ended("seen enough", step, (step - 1) // STEPS)
    again = runs.network()
    assert runs.fit(again, resume=path).stopped == "seen enough"
    assert np.array_equal(again.theta, net.theta)


@pytest.mark.parametrize("place", [{"step": 7}, {"epoch": 2}], ids=["step", "epoch"])
def test_a_stop_may_bring_the_weights_to_go_back_to(place: dict[str, int], tmp_path: Any) -> None:
    net = runs.network()
    theta = np.arange(net.theta.size, dtype=np.float32)
    history = runs.fit(net, listeners=[At(Stop("here", Snapshot(theta)), **place)], checkpoint=tmp_path / "run")
    assert np.array_equal(net.theta, theta)
    assert history.stopped == "here"
    assert np.array_equal(lw.load(tmp_path / "run").theta, theta)


def test_any_reason_stops_a_run() -> None:
    history = runs.fit(runs.network(), listeners=[At(Stop("a reason of my own"), epoch=2)])
    assert (history.epochs, history.stopped) == (2, "a reason of my own")


def test_the_first_wish_counts_and_all_are_told() -> None:
    net = runs.network()
    first, second, last = At(Stop("first"), epoch=1), At(Stop("second"), epoch=1), Recorder(net)
    assert runs.fit(net, listeners=[first, second, last]).stopped == "first"
    assert [type(event) for event in last.events[-2:]] == [EpochEnded, Ended]


def test_what_is_no_stop_is_refused(tally: Tally) -> None:
    for place in ({"step": 2}, {"epoch": 1}):
        for answer in (True, "stop", Stop):
            listener = At(answer, **place)
            refused(
                tally, KindError, "a listener answers", lambda each=listener: runs.fit(runs.network(), listeners=[each])
            )


class Loud(Recorder):
    """Raises whenever it is told anything of one kind."""

    def __init__(self, net: lw.Network, kind: str) -> None:
        super().__init__(net)
        self.kind = kind

    def started(self, event: Any) -> None:
        super().started(event)
        self._raise("started")

    def step_ended(self, event: Any) -> Stop | None:
        self._raise("step_ended")
        return super().step_ended(event)

    def epoch_ended(self, event: Any) -> Stop | None:
        self._raise("epoch_ended")
        return super().epoch_ended(event)

    def ended(self, event: Any) -> None:
        super().ended(event)
        self._raise("ended")

    def _raise(self, kind: str) -> None:
        if kind == self.kind:
            raise ZeroDivisionError(kind)


@pytest.mark.parametrize("kind", ["started", "step_ended", "epoch_ended", "ended"])
@pytest.mark.parametrize("place", [0, 1])
def test_after_an_error_in_a_listener_all_are_told_the_end(kind: str, place: int) -> None:
    net = runs.network()
    loud, others = Loud(net, kind), [Recorder(net), Recorder(net)]
    listeners = [*others]
    listeners.insert(place, loud)
    with pytest.raises(ZeroDivisionError, match=kind):
        runs.fit(net, listeners=listeners)
    reason = "finished" if kind == "ended" else "failed"
    assert {listener.events[-1].reason for listener in listeners} == {reason}
    assert all(len(listener.of(Ended)) == 1 for listener in listeners)


def test_divergence_and_interrupt_are_told() -> None:
    net = runs.network()
    recorder = Recorder(net)
    with pytest.raises(DivergedError) as caught:
        runs.fit(net, listeners=[recorder], optimizer=lw.SGD(1e30))
    assert recorder.events[-1].reason == caught.value.history.stopped == "diverged"
    recorder = Recorder(net := runs.network())
    with pytest.raises(TrainingInterrupted):
        runs.fit(net, listeners=[recorder, CtrlC(1)])
    assert recorder.events[-1].reason == "interrupted"


def test_a_bare_listener_hears_no_steps() -> None:
    class OnlyEpochs(Listener):
        def epoch_ended(self, event: EpochEnded) -> Stop | None:
            return None

    assert not Listener().hears_steps
    assert not OnlyEpochs().hears_steps
    assert At(None).hears_steps
    assert Listener().state() == {}
    assert runs.fit(runs.network(), listeners=[Listener(), OnlyEpochs()]).stopped == "finished"
