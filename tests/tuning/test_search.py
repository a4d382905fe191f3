"""The search: the same whatever computes it, goes on where it was broken off, and never sees the test part."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from tests.tuning.examples import VARY, experiment

from layerwise.errors import FileError, SettingError
from layerwise.training.experiment import Experiment
from layerwise.tuning import Trial, Tuned, record, tune
from layerwise.tuning import trial as trials


def search(folder: Path, **settings: object) -> Tuned:
    return tune(experiment(), VARY, folder, **{"trials": 9, "seed": 5, **settings})


def numbers(found: Tuned) -> list[Trial]:
    return [replace(each, seconds=0.0) for each in found.trials]


def test_the_best_third_goes_on_and_the_best_is_kept(tmp_path: Path) -> None:
    found = search(tmp_path)
    first, second, last = ([each for each in found.trials if each.epochs >= epochs] for epochs in (1, 3, 9))
    assert (len(first), len(second), len(last)) == (9, 3, 1)
    after_one = sorted(found.trials, key=lambda each: each.curve[0][1])
    assert {each.number for each in second} == {each.number for each in after_one[:3]}
    assert last == [found.best]
    assert [path.name for path in tmp_path.glob("*.safetensors")] == [f"trial-{found.best.number:03d}.safetensors"]

    table, net, data = found.finished()
    again = table.network()
    table.train(again, data, progress=False)
    np.testing.assert_array_equal(net.theta, again.theta)


class Backwards(Executor):
    """Begins a little later, with what it was handed last."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Trial], Callable[[], Trial]]] = []

    def submit(self, function: Callable[..., Trial], /, *arguments: object, **named: object) -> Future[Trial]:
        future: Future[Trial] = Future()
        if not self.waiting:
            threading.Timer(0.05, self.work).start()
        self.waiting.append((future, lambda: function(*arguments, **named)))
        return future

    def work(self) -> None:
        waiting, self.waiting = self.waiting, []
        for future, call in reversed(waiting):
            future.set_result(call())


@pytest.mark.parametrize("executor", [lambda: ThreadPoolExecutor(3), Backwards], ids=["threads", "backwards"])
def test_who_computes_changes_no_number(tmp_path: Path, executor: Callable[[], Executor]) -> None:
    alone = search(tmp_path / "alone")
    with executor() as workers:
        others = search(tmp_path / "others", executor=workers)
    assert numbers(others) == numbers(alone)


@pytest.mark.slow
def test_processes_change_no_number(tmp_path: Path) -> None:
    alone = search(tmp_path / "alone")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        others = search(tmp_path / "others", executor=executor)
    assert numbers(others) == numbers(alone)


@pytest.mark.parametrize("after", [5, 11])
def test_a_search_goes_on_where_it_was_broken_off(tmp_path: Path, after: int) -> None:
    whole = search(tmp_path / "whole")
    told = 0

    def interrupted(_: tuple[Trial, ...], number: int) -> None:
        nonlocal told
        told += 1
        if told == after:
            raise KeyboardInterrupt

    broken = search(tmp_path / "broken", watch=interrupted)
    assert broken.stopped == "stopped by Ctrl-C"
    assert sum(len(each.curve) for each in broken.trials) == after
    began: list[int] = []
    rest = search(tmp_path / "broken", watch=lambda now, number: began.append(number))
    assert numbers(rest) == numbers(whole)
    assert len(began) == 9 + 3 + 1 - after, "nothing is done twice"


def test_the_time_ends_a_search_before_its_next_trial(tmp_path: Path) -> None:
    found = search(tmp_path, seconds=1e-9)
    assert found.stopped == "the 1e-09 s are over"
    assert (found.best, [each.epochs for each in found.trials]) == (None, [0] * 9)
    assert numbers(search(tmp_path)) == numbers(search(tmp_path / "whole"))


def test_what_fails_is_kept_as_failed(tmp_path: Path) -> None:
    found = tune(experiment(), {"optimizer": "Adam|Adem", "lr": "1e-3..1e-1:log"}, tmp_path, trials=6, seed=1)
    failed = [each for each in found.trials if each.failure]
    assert failed
    assert {each.settings["optimizer"] for each in failed} == {"Adem"}
    assert found.best is not None
    assert found.best.settings["optimizer"] == "Adam"


def test_nothing_that_can_be_built_is_refused_before_there_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no entry 'optimiser'"):
        tune(experiment(), {"optimiser.lr": "1e-3..1e-1"}, tmp_path / "it")
    with pytest.raises(SettingError, match="nothing may vary"):
        tune(experiment(), {}, tmp_path / "it")
    assert not (tmp_path / "it").exists()


def test_another_search_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    search(tmp_path, trials=2)
    before = (tmp_path / record.NAME).read_bytes()
    with pytest.raises(SettingError, match="was begun with seed 5"):
        search(tmp_path, trials=2, seed=6)
    assert (tmp_path / record.NAME).read_bytes() == before


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="could not make the folder"):
        search(tmp_path / "file" / "it")


def test_the_test_part_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a test part that breaks whatever touches it, the search finds the same."""
    whole = search(tmp_path / "whole")
    honest = trials._data.__wrapped__

    class Untouchable:
        def __getattribute__(self, name: str) -> object:
            raise AssertionError(f"the test part was asked for {name}")

    def data(table: bytes, seed: int) -> object:
        return replace(honest(table, seed), test=Untouchable())

    monkeypatch.setattr(trials, "_data", data)
    assert numbers(search(tmp_path / "blind")) == numbers(whole)


def test_the_record_says_all_that_a_reader_needs(tmp_path: Path) -> None:
    found = search(tmp_path, method="random", trials=3)
    table = json.loads((tmp_path / record.NAME).read_text())
    assert Experiment.from_table(json.loads(table["plan"]["experiment"])) == experiment()
    assert table["plan"]["vary"] == VARY
    assert [each["loss"] for each in table["trials"]] == [each.loss for each in found.trials]
    assert all(each.epochs == 9 for each in found.trials)
