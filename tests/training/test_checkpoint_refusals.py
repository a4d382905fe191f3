"""Checkpoints that are refused: of another run, damaged, tampered with; and nothing is changed by the attempt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise import storage
from layerwise.errors import FileError, SettingError, TrainingInterrupted
from layerwise.training import Listener


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The checkpoint of a run that was interrupted in its second epoch."""
    path = tmp_path / "run.safetensors"
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), checkpoint=path, listeners=[CtrlC(7)])
    return path


def resume(path: Path, net: lw.Network | None = None, **options: Any) -> None:
    """Resume, and require that a failure has left the network as it was."""
    net = runs.network() if net is None else net
    before = net.theta.copy()
    try:
        runs.fit(net, resume=path, **options)
    finally:
        assert np.array_equal(net.theta, before)


OTHER_SETTINGS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "another optimizer": ({"optimizer": lw.SGD(0.05)}, ("optimizer", "Adam(lr=0.05)", "SGD(lr=0.05)")),
    "another rate": ({"optimizer": lw.Adam(0.1)}, ("Adam(lr=0.05)", "Adam(lr=0.1)")),
    "a schedule": ({"schedule": lw.StepLR(2)}, ("schedule", "None", "StepLR(step_size=2, gamma=0.1)")),
    "a regularizer": ({"regularizer": lw.L2(0.1)}, ("regularizer", "L2(0.1)")),
    "clip_norm": ({"clip_norm": 1}, ("clip_norm", "1.0")),
    "evaluate_train": ({"evaluate_train": True}, ("evaluate_train = False", "True")),
    "batch_size": ({"batch_size": 6}, ("batch_size = 5", "6", "starts anew")),
    "seed": ({"seed": 1}, ("seed = 0", "1")),
    "other samples": ({"train": (runs.classes()[0] + 1, runs.classes()[1])}, ("other training data",)),
    "other labels": ({"train": (runs.classes()[0], runs.classes()[1][::-1])}, ("other training data",)),
    "other validation data": ({"validation": runs.classes(9, "other")}, ("other validation data",)),
    "no validation data": ({"validation": None}, ("other validation data",)),
}


@pytest.mark.parametrize("case", OTHER_SETTINGS)
def test_other_settings_are_refused(case: str, path: Path, tally: Tally) -> None:
    options, words = OTHER_SETTINGS[case]
    refused(tally, SettingError, (path.name, *words), lambda: resume(path, **options))


@pytest.mark.parametrize(
    "net",
    [
        lw.Network(lw.Linear(4, 3)),
        lw.Network(lw.Linear(4, 6), lw.Tanh(), lw.Dropout(0.3), lw.Linear(6, 3)),
        lw.Network(lw.Linear(4, 6), lw.ReLU(), lw.Dropout(0.2), lw.Linear(6, 3)),
        lw.Network(lw.Linear(4, 6), lw.ReLU(), lw.Dropout(0.3), lw.Linear(6, 3), seed=1),
        runs.network(dtype="float64"),
    ],
    ids=["layers", "activation", "dropout", "seed", "dtype"],
)
def test_another_network_is_refused(net: lw.Network, path: Path, tally: Tally) -> None:
    refused(tally, SettingError, (path.name, "another network", "lw.load("), lambda: resume(path, net))


def test_files_that_are_no_checkpoint_are_refused(path: Path, tmp_path: Path, tally: Tally) -> None:
    runs.network().save(tmp_path / "net")
    refused(tally, FileError, ("no checkpoint", "nothing to resume"), lambda: resume(tmp_path / "net"))
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(3)}, tmp_path / "foreign")
    refused(tally, FileError, "no checkpoint", lambda: resume(tmp_path / "foreign"))
    refused(tally, FileError, "is a folder", lambda: resume(tmp_path))
    refused(tally, FileError, "there is no file", lambda: resume(tmp_path / "absent"))
    (tmp_path / "text").write_text("epoch 3")
    refused(tally, FileError, "not a safetensors file", lambda: resume(tmp_path / "text"))
    data = path.read_bytes()
    for length in [0, 7, 8, 100, len(data) // 2, len(data) - 1]:
        (tmp_path / "cut").write_bytes(data[:length])
        refused(tally, FileError, "cut", lambda: resume(tmp_path / "cut"))
    (tmp_path / "flipped").write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    refused(tally, FileError, "is damaged", lambda: resume(tmp_path / "flipped"))


def _without(*names: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(header: dict[str, Any], arrays: dict[str, Any]) -> None:
        table = header
        for name in names[:-1]:
            table = table[name]
        del table[names[-1]]

    return change


def _with(value: Any, *names: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(header: dict[str, Any], arrays: dict[str, Any]) -> None:
        table = header
        for name in names[:-1]:
            table = table[name]
        table[names[-1]] = value

    return change


def _array(name: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(header: dict[str, Any], arrays: dict[str, Any]) -> None:
        arrays.pop(name) if value is None else arrays.update({name: value})

    return change


TAMPERED = {
    **{f"no {part}": _without("training", part) for part in ("position", "settings", "environment", "passes")},
    **{f"no {part} of it": _without("training", part) for part in ("optimizer", "listeners", "records")},
    "no training": _without("training"),
    "no network": _without("network"),
    "training is a list": _with([], "training"),
    "position is a text": _with("there", "training", "position"),
    "step is a text": _with("7", "training", "position", "step"),
    "epoch is a half": _with(0.5, "training", "position", "epoch"),
    "settings is a list": _with([], "training", "settings"),
    "threads is a text": _with("2", "training", "environment", "threads"),
    "optimizer is a number": _with(3, "training", "optimizer"),
    "no count of steps": _without("training", "optimizer", "t"),
    "no moments": _array("training/optimizer/m", None),
    "moments of another network": _array("training/optimizer/m", np.zeros(3, np.float32)),
    "no weights": _array("0.weight", None),
    "other weights": _array("0.weight", np.zeros((6, 5), np.float32)),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_checkpoint_whose_parts_do_not_fit_is_refused(case: str, path: Path, tally: Tally) -> None:
    """Its checksum is right: somebody made it so."""
    stored = storage.read(path)
    arrays, header = dict(stored.arrays), json.loads(json.dumps(stored.header))
    TAMPERED[case](header, arrays)
    storage.write(path, arrays, header)
    with pytest.raises((FileError, SettingError, lw.errors.ShapeError, lw.errors.KindError)):
        resume(path)
    tally.add("bad input")


class Fragile(Listener):
    """Goes on from a state in which all is well, and from no other; counts how often it did."""

    def __init__(self, well: bool = True) -> None:
        self.well, self.loaded = well, 0

    def state(self) -> dict[str, Any]:
        return {"well": self.well}

    def load_state(self, state: Any) -> None:
        self.loaded += 1
        if not state["well"]:
            raise ValueError("unwell")


_FOUND_EARLIER = ("no environment", "threads is a text")  # fit asks for the threads before it restores
REFUSED = {
    **{case: change for case, change in TAMPERED.items() if case not in _FOUND_EARLIER},
    "a listener that refuses": _with(False, "training", "listeners", "Fragile 0", "well"),
    "no best snapshot": _array("training/EarlyStopping 0/best/theta", None),
    "no record": _array("training/history/val_loss", None),
    "latest of another network": _array("training/latest/theta", np.zeros(3, np.float32)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_leaves_network_optimizer_and_listeners_alone(case: str, tmp_path: Path, tally: Tally) -> None:
    """Whatever is wrong: all of the file is tried on copies before anything is changed."""
    from layerwise.training import checkpoint as checkpoints

    path = tmp_path / "run"

    def network() -> lw.Network:
        return lw.Network(lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.Linear(6, runs.K))

    with pytest.raises(TrainingInterrupted):
        runs.fit(network(), checkpoint=path, listeners=[lw.EarlyStopping(), Fragile(), CtrlC(2 * STEPS + 1)])
    stored = storage.read(path)
    arrays, header = dict(stored.arrays), json.loads(json.dumps(stored.header))
    REFUSED[case](header, arrays)
    storage.write(path, arrays, header)
    net, optimizer, early, fragile = network(), lw.Adam(lr=0.05), lw.EarlyStopping(), Fragile()
    runs.fit(net, optimizer=optimizer, epochs=1, listeners=[early])
    net.passes = 3
    before = (net.state_dict(), optimizer.state_dict(), early.state())
    run = lw.Run(net, runs.classes(), loss=lw.CrossEntropyLoss(), optimizer=optimizer, batch_size=runs.BATCH,
                 validation=runs.classes(9, "validation"), listeners=[early, fragile])  # fmt: skip
    position = run.position
    with pytest.raises((FileError, SettingError, lw.errors.ShapeError, lw.errors.KindError)):
        run.go_back(checkpoints.read(path))
    assert run.position == position
    after = (net.state_dict(), optimizer.state_dict(), early.state())
    for one, two in zip(before, after, strict=True):
        assert one.keys() == two.keys()
        assert all(np.array_equal(one[name], two[name]) for name in one)
    assert (net.passes, fragile.loaded) == (3, 0)
    tally.add("bad input")
