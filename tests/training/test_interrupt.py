"""Ctrl-C: the step is finished, the checkpoint is written, and the run can go on as if nothing had been."""

from __future__ import annotations

import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training import programs, runs
from tests.training.interrupted import EPOCHS
from tests.training.runs import STEPS, CtrlC, Recorder

import layerwise as lw
from layerwise.errors import TrainingInterrupted
from layerwise.training import Ended, Listener, Stop
from layerwise.training.interrupt import interruptible


def test_signals_at_random_moments_change_no_bit(tmp_path: Path) -> None:
    """A real process, a real SIGINT, five times or until the run is through."""
    rng, ends = random.Random(), []
    while "finished" not in ends:
        process = programs.start("interrupted.py", tmp_path / "run")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.12))
        if len(ends) < 5:
            process.send_signal(signal.SIGINT)
        lines = programs.output(process).splitlines()
        ends.append(lines[-1].split()[0])
        if ends[-1] == "interrupted":
            assert "go on with resume=" in lines[-1]
    assert ends.count("interrupted") >= 3
    net = runs.network()
    runs.fit(net, epochs=EPOCHS, listeners=[lw.EarlyStopping(EPOCHS)], checkpoint=tmp_path / "whole")
    assert (tmp_path / "run").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("step", [1, 3, STEPS, STEPS + 1, 4 * STEPS])
def test_the_network_holds_the_weights_of_the_last_whole_step(step: int, tmp_path: Path) -> None:
    net = runs.network()
    recorder = Recorder(net)
    with pytest.raises(TrainingInterrupted, match=f"after step {step}; the network holds") as caught:
        runs.fit(net, listeners=[CtrlC(step), recorder])
    assert caught.value.step == step
    assert isinstance(caught.value.history, lw.History)
    assert caught.value.history.epochs == (step - 1) // STEPS
    assert caught.value.history.stopped == "interrupted"
    assert len(recorder.thetas) == step
    assert np.array_equal(net.theta, recorder.thetas[-1])
    assert recorder.events[-1] == Ended("interrupted", step, (step - 1) // STEPS)


class Press(Listener):
    """Presses Ctrl-C at the end of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def epoch_ended(self, event: Any) -> Stop | None:
        if event.epoch == self.epoch:
            signal.raise_signal(signal.SIGINT)
        return None


@pytest.mark.parametrize("epoch", [1, 4])
def test_between_two_epochs_and_after_the_last(epoch: int, tmp_path: Path) -> None:
    """Ctrl-C is never swallowed, since the caller may be about to do more than this run."""
    path = tmp_path / "run"
    with pytest.raises(TrainingInterrupted, match=f"after step {epoch * STEPS}; go on with resume="):
        runs.fit(runs.network(), listeners=[Press(epoch)], checkpoint=path)
    net = runs.network()
    history = runs.fit(net, resume=path, checkpoint=path)
    whole = runs.network()
    assert history.as_dict() == runs.fit(whole, checkpoint=tmp_path / "whole").as_dict()
    assert np.array_equal(net.theta, whole.theta)
    assert path.read_bytes() == (tmp_path / "whole").read_bytes()


def test_it_ends_what_called_fit() -> None:
    """`except Exception` does not hold it, `except KeyboardInterrupt` does."""
    assert issubclass(TrainingInterrupted, KeyboardInterrupt)
    assert not issubclass(TrainingInterrupted, Exception)


def test_a_second_press_means_now() -> None:
    net = runs.network()
    recorder = Recorder(net)
    with pytest.raises(KeyboardInterrupt) as caught:
        runs.fit(net, listeners=[recorder, CtrlC(3, times=2)])
    assert type(caught.value) is KeyboardInterrupt
    assert recorder.events[-1] == Ended("interrupted", 3, 0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_is_put_back() -> None:
    class Fails(Listener):
        def step_ended(self, event: Any) -> Stop | None:
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
            raise RuntimeError

    runs.fit(runs.network())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(RuntimeError):
        runs.fit(runs.network(), listeners=[Fails()])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_is_left_in_place() -> None:
    """A server, a notebook or a test runner may have its own."""
    heard = []

    def own(number: int, frame: Any) -> None:
        heard.append(number)

    before = signal.signal(signal.SIGINT, own)
    try:
        history = runs.fit(runs.network(), listeners=[CtrlC(2)])
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert history.stopped == "finished"


def test_other_threads_train_without_signals() -> None:
    net, found = runs.network(), []
    thread = threading.Thread(target=lambda: found.append(runs.fit(net)))
    thread.start()
    thread.join()
    whole = runs.network()
    assert found[0].as_dict() == runs.fit(whole).as_dict()
    assert np.array_equal(net.theta, whole.theta)


def test_one_press_is_a_request() -> None:
    with interruptible() as interrupt:
        assert not interrupt.requested
        signal.raise_signal(signal.SIGINT)
        assert interrupt.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
