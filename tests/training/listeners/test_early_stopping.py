"""Early stopping: when it stops, what it goes back to, and what it remembers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
from tests.training import runs

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.training import LISTENERS, EarlyStopping, EpochEnded, Started, Stop

NET = runs.network()
RUN: Any = None  # a stopper looks at numbers alone


def told(stopper: EarlyStopping, values: list[float], epochs: int = 99) -> list[Stop | None]:
    """Its answers to a run whose monitored value takes these values, with theta filled by the epoch's number."""
    stopper.started(Started(NET, 1, epochs, 1, 0, 0, ("val_loss", "val_accuracy"), RUN))
    answers = []
    for epoch, value in enumerate(values, start=1):
        NET.theta = np.full(NET.theta.size, epoch)
        answers.append(stopper.epoch_ended(EpochEnded(epoch, epochs, epoch, {stopper.monitor: value}, NET)))
        if answers[-1] is not None:
            break
    return answers


@pytest.mark.parametrize(
    ("settings", "values", "stops_at", "best"),
    [
        ({"patience": 1}, [3, 2, 2], 3, 2),
        ({"patience": 2}, [3, 2, 2.5, 2.1], 4, 2),
        ({"patience": 3}, [3, 2, 2.5, 1.9, 1.95, 2, 2], 7, 4),
        ({"patience": 2}, [1, 2, 3], 3, 1),
        ({"patience": 2, "min_delta": 0.5}, [3.0, 2.6, 2.5], 3, 1),  # 0.5 better is not more than 0.5
        ({"patience": 2, "min_delta": 0.5}, [3.0, 2.6, 2.4, 2.3, 2.2], 5, 3),
        ({"patience": 1, "monitor": "val_accuracy"}, [0.5, 0.6, 0.6], 3, 2),
        ({"patience": 2, "monitor": "val_accuracy", "min_delta": 0.05}, [0.5, 0.6, 0.64, 0.62], 4, 2),
        ({"patience": 2}, [float("nan"), float("inf")], 2, 0),
        ({"patience": 2}, [float("nan"), 1.0, 2.0, float("nan")], 4, 2),
    ],
)
def test_when_it_stops(settings: dict[str, Any], values: list[float], stops_at: int, best: int) -> None:
    stopper = EarlyStopping(**settings)
    answers = told(stopper, values)
    assert len(answers) == stops_at
    assert answers[:-1] == [None] * (stops_at - 1)
    assert answers[-1] is not None
    assert answers[-1].reason == "stopped early"
    assert stopper.best_epoch == best
    if best:
        assert set(answers[-1].snapshot.theta) == {best}
    else:
        assert answers[-1].snapshot is None


def test_the_best_weights_come_back_at_the_last_epoch_too() -> None:
    last = told(EarlyStopping(9), [1, 2, 3], epochs=3)[-1]
    assert last is not None
    assert (last.reason, set(last.snapshot.theta)) == ("finished", {1})
    last = told(EarlyStopping(9, restore_best=False), [1, 2, 3], epochs=3)[-1]
    assert last is not None
    assert last.snapshot is None


def test_a_whole_run_ends_with_its_best_weights() -> None:
    net, stopper = runs.network(), EarlyStopping(2)
    history = runs.fit(net, epochs=60, optimizer=lw.Adam(0.5), listeners=[stopper])
    assert history.stopped == "stopped early"
    assert history.epochs == stopper.best_epoch + 2 < 60
    assert min(history["val_loss"]) == history["val_loss"][stopper.best_epoch - 1]
    found = lw.training.evaluate(net, *runs.classes(9, "validation"), lw.CrossEntropyLoss())
    assert found["loss"] == min(history["val_loss"])


def test_without_going_back_the_last_weights_stay() -> None:
    net, stopper = runs.network(), EarlyStopping(2, restore_best=False)
    history = runs.fit(net, epochs=60, optimizer=lw.Adam(0.5), listeners=[stopper])
    found = lw.training.evaluate(net, *runs.classes(9, "validation"), lw.CrossEntropyLoss())
    assert found["loss"] == history["val_loss"][-1] > min(history["val_loss"])
    assert stopper.best_snapshot is None


def test_a_listener_that_is_used_again_begins_anew() -> None:
    """Otherwise the best of an old run, perhaps of another network, would come back at the end of the new one."""
    stopper = EarlyStopping(3)
    runs.fit(runs.network(), epochs=20, listeners=[stopper])
    nets = [runs.network(dropout=0.0), runs.network(dropout=0.0)]
    for net, listener in zip(nets, (stopper, EarlyStopping(3)), strict=True):
        runs.fit(net, listeners=[listener], optimizer=lw.SGD(0.001))
    assert np.array_equal(nets[0].theta, nets[1].theta)
    small = lw.Network(lw.Linear(runs.D, runs.K))
    runs.fit(small, listeners=[stopper])
    assert stopper.best_snapshot is not None
    assert stopper.best_snapshot.theta.shape == small.theta.shape


def test_the_state_goes_out_and_in() -> None:
    one, two = EarlyStopping(5), EarlyStopping(5)
    assert told(one, [3, 2, 2.5, 2.6])[-1] is None
    state = one.state()
    two.load_state(state)
    assert (two.best, two.best_epoch) == (2, 2)
    assert set(two.best_snapshot.theta) == {2}
    state["best/theta"][:] = 0
    assert set(two.best_snapshot.theta) == {2}, "copied"
    fresh = EarlyStopping()
    fresh.load_state(EarlyStopping().state())
    assert (fresh.best, fresh.best_epoch, fresh.best_snapshot) == (float("inf"), 0, None)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"patience": 0}, SettingError, ("patience", "at least 1")),
        ({"patience": -1}, SettingError, ("patience", "-1")),
        ({"patience": 1.5}, KindError, ("patience", "1.5")),
        ({"patience": True}, KindError, ("patience", "True")),
        ({"patience": "5"}, KindError, ("patience", "'5'")),
        ({"monitor": "val_los"}, SettingError, ("Did you mean 'val_loss'?",)),
        ({"monitor": "train_loss"}, SettingError, ("monitor 'train_loss' is not known",)),
        ({"monitor": None}, KindError, ("val_accuracy, val_loss", "None")),
        ({"min_delta": -0.1}, SettingError, ("min_delta", "-0.1")),
        ({"min_delta": float("nan")}, SettingError, ("min_delta", "nan")),
        ({"min_delta": "0"}, KindError, ("min_delta", "'0'")),
        ({"restore_best": 1}, KindError, ("restore_best", "True or False")),
    ],
    ids=str,
)
def test_settings_are_checked(settings: dict[str, Any], error: Any, words: tuple[str, ...], tally: Tally) -> None:
    refused(tally, error, words, lambda: EarlyStopping(**settings))


def test_it_has_a_name_in_a_table() -> None:
    stopper = LISTENERS.build({"name": "EarlyStopping", "patience": 3, "monitor": "val_accuracy"})
    assert isinstance(stopper, EarlyStopping)
    assert (stopper.patience, stopper.monitor, stopper.restore_best) == (3, "val_accuracy", True)
    assert LISTENERS.spec(stopper) == {"name": "EarlyStopping", "patience": 3, "monitor": "val_accuracy"}
