"""Checkpoints: a run that stops at any step and goes on is the run that never stopped, bit for bit."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.training import programs, runs
from tests.training.runs import STEPS, CtrlC
from tests.training.setups import SETUPS, Setup, start

import layerwise as lw
from layerwise import storage
from layerwise.compiled import use_compiled
from layerwise.errors import TrainingInterrupted
from layerwise.training import Listener, Stop
from layerwise.training.state import Position


def cut(setup: Setup, path: Path, steps: list[int], **options: Any) -> dict[str, str]:
    """Run with Ctrl-C after each of these steps, each time going on from the file."""
    begun = False
    for step in steps:
        with pytest.raises(TrainingInterrupted) as caught:
            start(setup, path, CtrlC(step), resume=begun, **options)
        assert caught.value.step == step
        begun = True
    return start(setup, path, resume=begun, **options)


@pytest.mark.parametrize("name", SETUPS)
def test_a_run_cut_anywhere_is_the_run_that_never_stopped(name: str, tmp_path: Path) -> None:
    setup = SETUPS[name]
    whole = start(setup, tmp_path / "whole")
    last = storage.read(tmp_path / "whole").header["training"]["position"]["step"]
    # In the first epoch, at its last step, in the middle, right after an epoch, before the end; and all of them.
    for steps in ([2], [STEPS], [STEPS + 1], [last - 1], [1, 4, STEPS, STEPS + 2, last - 1]):
        assert cut(setup, tmp_path / "cut", steps) == whole, steps


def test_every_step_is_a_good_place_to_stop(tmp_path: Path) -> None:
    whole = start(SETUPS["everything"], tmp_path / "whole")
    for step in range(1, 4 * STEPS):
        assert cut(SETUPS["everything"], tmp_path / "cut", [step]) == whole, step


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_any_cuts_of_any_run(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    setup = SETUPS[data.draw(st.sampled_from(sorted(SETUPS)))]
    batch_size = data.draw(st.integers(3, 30))
    epochs = data.draw(st.integers(1, 5))
    folder = tmp_path_factory.mktemp("cuts")
    whole = start(setup, folder / "whole", batch_size=batch_size, epochs=epochs)
    last = storage.read(folder / "whole").header["training"]["position"]["step"]
    steps = data.draw(st.lists(st.integers(1, last), unique=True, max_size=4).map(sorted))
    assert cut(setup, folder / "cut", steps, batch_size=batch_size, epochs=epochs) == whole


class Crash(Listener):
    """Fails at a step, as a power cut would: nothing is written any more."""

    def __init__(self, step: int) -> None:
        self.step = step

    def step_ended(self, event: Any) -> Stop | None:
        if event.step == self.step:
            raise ZeroDivisionError
        return None


@pytest.mark.parametrize("step", [1, STEPS, STEPS + 1, 2 * STEPS + 3, 4 * STEPS])
def test_after_a_crash_the_last_epoch_is_repeated(step: int, tmp_path: Path) -> None:
    """In the first epoch too: there is a checkpoint from the start."""
    whole = start(SETUPS["everything"], tmp_path / "whole")
    with pytest.raises(ZeroDivisionError):
        start(SETUPS["everything"], tmp_path / "cut", Crash(step))
    assert storage.read(tmp_path / "cut").header["training"]["position"]["step"] == (step - 1) // STEPS * STEPS
    assert start(SETUPS["everything"], tmp_path / "cut", resume=True) == whole


@pytest.mark.parametrize("name", ["Adam", "everything", "best before the end", "quantities"])
def test_more_epochs_go_on_from_the_latest_weights_not_the_best(name: str, tmp_path: Path) -> None:
    """Early stopping puts the best weights into the network at the end; the run itself was elsewhere."""
    setup = SETUPS[name]
    whole = start(setup, tmp_path / "whole", epochs=6)
    for first in range(1, 6):
        start(setup, tmp_path / "cut", epochs=first)
        assert start(setup, tmp_path / "cut", epochs=6, resume=True) == whole, first


def test_the_best_and_the_latest_weights_are_both_in_the_file(tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    path = tmp_path / "run"
    start(SETUPS["best before the end"], path)
    arrays = storage.read(path).arrays
    assert not np.array_equal(arrays["training/latest/theta"], arrays["training/EarlyStopping 0/best/theta"])
    assert np.array_equal(lw.load(path).theta, arrays["training/EarlyStopping 0/best/theta"])


def test_a_stopped_run_stays_stopped(tmp_path: Path) -> None:
    setup: Setup = lambda: {"listeners": [lw.EarlyStopping(1)], "optimizer": lw.Adam(0.5), "epochs": 50}  # noqa: E731
    whole = start(setup, tmp_path / "run")
    assert start(setup, tmp_path / "run", resume=True) == whole
    assert start(setup, tmp_path / "run", resume=True, epochs=90) == whole


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    whole = start(SETUPS["everything"], tmp_path / "run")
    assert start(SETUPS["everything"], tmp_path / "run", resume=True) == whole
    assert start(SETUPS["everything"], tmp_path / "run", resume=True, epochs=2) == whole


def test_another_file_may_take_over(tmp_path: Path) -> None:
    whole = start(SETUPS["Adam"], tmp_path / "whole")
    with pytest.raises(TrainingInterrupted):
        start(SETUPS["Adam"], tmp_path / "one", CtrlC(7))
    before = (tmp_path / "one").read_bytes()
    net = runs.network()
    history = runs.fit(net, resume=str(tmp_path / "one"), checkpoint=tmp_path / "two")
    assert runs.result(tmp_path / "two", net, history) == whole
    assert (tmp_path / "one").read_bytes() == before


def test_the_order_of_listeners_and_new_ones_do_not_matter(tmp_path: Path) -> None:
    def setup() -> dict[str, Any]:
        return {"listeners": [lw.EarlyStopping(2)], "optimizer": lw.Adam(0.5)}

    whole = start(setup, tmp_path / "whole")
    with pytest.raises(TrainingInterrupted):
        start(setup, tmp_path / "cut", runs.Recorder(runs.network()), CtrlC(8))
    assert start(setup, tmp_path / "cut", resume=True) == whole


def test_the_recorded_threads_are_used_again(tmp_path: Path) -> None:
    from threadpoolctl import threadpool_info

    seen = []

    class Look(Listener):
        def epoch_ended(self, event: Any) -> Stop | None:
            seen.append({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})
            return None

    path = tmp_path / "run"
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), checkpoint=path, threads=2, listeners=[CtrlC(3)])
    history = runs.fit(runs.network(), resume=path, listeners=[Look()])
    assert history.environment["threads"] == 2
    assert seen == [{2}] * 4
    runs.fit(runs.network(), resume=path, listeners=[Look()], threads=1)
    assert seen[4:] == [{1}] * 4


def test_a_long_history_and_numbers_that_are_not_finite_are_kept(tmp_path: Path) -> None:
    """The header of a file has a limit and knows no infinity; a record of 200,000 epochs may hold both."""
    from layerwise.training import checkpoint as checkpoints

    run = lw.Run(runs.network(), runs.classes(), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam())
    values = [0.1, np.inf, np.nan, *np.linspace(1, 0, 200_000)]
    for value in values:
        run.history.append({"val_loss": value})
    checkpoints.write(tmp_path / "run", replace(run.state(), position=Position(epoch=9)))
    state = checkpoints.read(tmp_path / "run")
    assert state.position == Position(epoch=9)
    assert np.array_equal(state.history["val_loss"], values, equal_nan=True)


def test_a_checkpoint_is_a_file_of_the_network(tmp_path: Path) -> None:
    net = runs.network()
    runs.fit(net, checkpoint=tmp_path / "run", validation=None)
    assert np.array_equal(lw.load(tmp_path / "run").theta, net.theta)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_twenty_kills_leave_a_whole_file_and_the_same_run(tmp_path: Path) -> None:
    process = programs.start("kill_fit.py", tmp_path, 20, OPENBLAS_NUM_THREADS="1")
    found = json.loads(programs.output(process))
    assert found["kills"] == 20
    assert found["places"] > 1, "the kills came at several steps"
    assert found["same"], "the run that was killed twenty times is the run that never was"


def test_going_on_with_the_other_kind_of_formulas_is_told(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    net, path = runs.network(), tmp_path / "run"
    try:
        use_compiled(False)
        runs.fit(net, epochs=1, checkpoint=path)
        use_compiled(True)
        with pytest.warns(UserWarning, match=r"begun without compiled twins.* lw\.use_compiled\(False\) first"):
            runs.fit(runs.network(), epochs=2, resume=path)
    finally:
        use_compiled(True)
