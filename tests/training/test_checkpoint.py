"""Checkpoints: a run that stops at any step and goes on is the run that never stopped, bit for bit."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.refusals import refused
from tests.tally import Tally
from tests.training import programs, runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise import storage
from layerwise.compiled import use_compiled
from layerwise.errors import FileError, SettingError, TrainingInterrupted
from layerwise.training import Listener, Stop

Setup = Callable[[], dict[str, Any]]
"""Makes the parts of a run; called once for every start, as a new process would."""

SETUPS: dict[str, Setup] = {
    "Adam": lambda: {},
    "Adam with decay": lambda: {"optimizer": lw.Adam(0.05, betas=(0.8, 0.9), weight_decay=0.01)},
    "GradientDescent": lambda: {"optimizer": lw.GradientDescent(0.1)},
    "Momentum": lambda: {"optimizer": lw.Momentum(0.02), "schedule": lw.StepLR(2, 0.3)},
    "SGD": lambda: {"optimizer": lw.SGD(0.1)},
    "SGD with momentum": lambda: {"optimizer": lw.SGD(0.05, momentum=0.9, dampening=0.1, weight_decay=0.01)},
    "SGD after Nesterov": lambda: {"optimizer": lw.SGD(0.05, momentum=0.9, nesterov=True)},
    "StepLR": lambda: {"schedule": lw.StepLR(step_size=2)},
    "ExponentialLR": lambda: {"schedule": lw.ExponentialLR(0.7)},
    "CosineAnnealingLR": lambda: {"schedule": lw.CosineAnnealingLR(T_max=4)},
    "L1": lambda: {"regularizer": lw.L1(1e-3)},
    "L2": lambda: {"regularizer": lw.L2(1e-2)},
    "clip_norm": lambda: {"clip_norm": 0.1},
    "no validation": lambda: {"validation": None},
    "early stopping": lambda: {"listeners": [lw.EarlyStopping(patience=2)], "optimizer": lw.Adam(0.5)},
    "best before the end": lambda: {"listeners": [lw.EarlyStopping(patience=9)], "optimizer": lw.Adam(0.5)},
    "early stopping by accuracy": lambda: {"listeners": [lw.EarlyStopping(1, "val_accuracy")]},
    "two listeners of a kind": lambda: {"listeners": [lw.EarlyStopping(9), lw.EarlyStopping(3, "val_accuracy")]},
    "quantities": lambda: {
        "train": runs.quantities(),
        "validation": runs.quantities(9, "validation"),
        "loss": lw.MSELoss(),
        "listeners": [lw.EarlyStopping()],
    },
    "yes or no": lambda: {
        "train": (runs.classes()[0], runs.classes()[1][:, None] > 0),
        "validation": None,
        "loss": lw.BCEWithLogitsLoss(),
    },
    "everything": lambda: {
        "schedule": lw.CosineAnnealingLR(T_max=4),
        "regularizer": lw.L2(1e-2),
        "clip_norm": 0.5,
        "listeners": [lw.EarlyStopping(patience=3)],
        "seed": 11,
    },
}


def start(setup: Setup, path: Path, *more: Listener, resume: bool = False, **options: Any) -> dict[str, str]:
    """Run (on) to the end or to Ctrl-C; the sums of what is left."""
    parts = {**setup(), **options}
    net = runs.network(outputs=1 if isinstance(parts.get("loss"), lw.MSELoss | lw.BCEWithLogitsLoss) else runs.K)
    if resume:
        net.theta += 1.0  # nothing may come from the fresh network
    parts["listeners"] = [*more, *parts.get("listeners", ())]
    history = runs.fit(net, checkpoint=path, resume=path if resume else None, **parts)
    return runs.result(path, net, history)


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

    net, history, optimizer = runs.network(), lw.History(), lw.Adam()
    values = [0.1, np.inf, np.nan, *np.linspace(1, 0, 200_000)]
    for value in values:
        history.append({"val_loss": value})
    history.environment = {"threads": 1}
    checkpoints.save(tmp_path / "run", net, optimizer, checkpoints.Position(epoch=9), history, [], {})
    position, back = checkpoints.read(tmp_path / "run").restore(net, optimizer, [], {}, 10)
    assert position == checkpoints.Position(epoch=9)
    assert np.array_equal(back["val_loss"], values, equal_nan=True)


def test_a_checkpoint_is_a_file_of_the_network(tmp_path: Path) -> None:
    net = runs.network()
    runs.fit(net, checkpoint=tmp_path / "run", validation=None)
    assert np.array_equal(lw.load(tmp_path / "run").theta, net.theta)


# --- what is refused -----------------------------------------------------------------------------------------------


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
    agreed = header["training"]["settings"].copy()
    REFUSED[case](header, arrays)
    storage.write(path, arrays, header)
    net, optimizer, early, fragile = network(), lw.Adam(lr=0.05), lw.EarlyStopping(), Fragile()
    runs.fit(net, optimizer=optimizer, epochs=1, listeners=[early])
    net.passes = 3
    before = (net.state_dict(), optimizer.state_dict(), early.state())
    with pytest.raises((FileError, SettingError, lw.errors.ShapeError, lw.errors.KindError)):
        checkpoints.read(path).restore(net, optimizer, [early, fragile], agreed, epochs=9)
    after = (net.state_dict(), optimizer.state_dict(), early.state())
    for one, two in zip(before, after, strict=True):
        assert one.keys() == two.keys()
        assert all(np.array_equal(one[name], two[name]) for name in one)
    assert (net.passes, fragile.loaded) == (3, 0)
    tally.add("bad input")


class Unknown(lw.Layer):
    """A layer of one's own that nobody registered."""

    def forward(self, x: Any, pass_: Any) -> Any:
        return x, lambda dy: dy

    def output_shape(self, shape: Any) -> Any:
        return shape


def test_what_can_not_be_written_is_told_before_the_first_step(tmp_path: Path, tally: Tally) -> None:
    net = runs.network()
    before = net.theta.copy()
    for name, words in (
        ("no folder/run", "No such file"),
        (".", "could not write"),
        ("file/run", "Not a directory"),
        ("a\0b", "null"),
        ("n" * 300, "too long"),
    ):
        (tmp_path / "file").write_text("")
        refused(tally, FileError, words, lambda name=name: runs.fit(net, checkpoint=tmp_path / name))
    own = lw.Network(lw.Linear(4, 3), Unknown())
    refused(tally, SettingError, ("Unknown", "register"), lambda: runs.fit(own, checkpoint=tmp_path / "run"))
    assert np.array_equal(net.theta, before)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path, tally: Tally) -> None:
    tmp_path.chmod(0o500)
    refused(tally, FileError, "Permission", lambda: runs.fit(runs.network(), checkpoint=tmp_path / "run"))


def test_a_disk_that_fails_ends_the_run_and_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    path, kept = tmp_path / "run", tmp_path / "kept"
    write, turns = storage.write, iter(range(100))

    def failing(*arguments: Any) -> None:
        if next(turns) == 3:
            raise FileError("could not write: No space left on device. What was there is intact.")
        write(*arguments)
        shutil.copy(path, kept)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", failing)
        refused(tally, FileError, "No space", lambda: runs.fit(runs.network(), checkpoint=path))
    assert path.read_bytes() == kept.read_bytes()
    assert start(SETUPS["Adam"], path, resume=True) == start(SETUPS["Adam"], tmp_path / "whole")


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
