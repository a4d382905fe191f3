"""Data in a file: the same bits as in memory, and never the whole of it in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import programs, runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise import arrays
from layerwise.arrays import chunks, on_disk
from layerwise.errors import DataError, DivergedError, SettingError, TrainingInterrupted
from layerwise.training import evaluate, predict
from layerwise.training.agreement import fingerprint
from layerwise.training.inputs import checked

X, LABELS = runs.classes()


def stored(folder: Path, name: str, array: np.ndarray) -> Any:
    """The array as a window on a file."""
    np.save(folder / f"{name}.npy", array)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is looked at in parts of three rows of x."""
    monkeypatch.setattr(arrays, "_AT_ONCE", 3 * X[0].nbytes)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "uint8"])
def test_the_same_bits_as_in_memory(dtype: str, tmp_path: Path) -> None:
    x = np.round(np.abs(X) * 20).astype(dtype) if dtype[0] in "iu" else X.astype(dtype)
    x, nets = x / 16 if dtype[0] == "f" else x, [runs.network(), runs.network()]
    x = x.astype(dtype)
    on_file = (stored(tmp_path, "x", x), stored(tmp_path, "labels", LABELS))
    held_out = (on_file[0][::2], on_file[1][::2])
    histories = [
        runs.fit(net, train=train, validation=validation, sample_weight=weight, evaluate_train=True)
        for net, train, validation, weight in (
            (nets[0], (x, LABELS), (x[::2], LABELS[::2]), LABELS + 1),
            (nets[1], on_file, held_out, stored(tmp_path, "weight", LABELS + 1)),
        )
    ]
    assert nets[0].theta.tobytes() == nets[1].theta.tobytes()
    assert histories[0].as_dict() == histories[1].as_dict()


@pytest.mark.usefixtures("small_parts")
def test_quantities_in_a_file(tmp_path: Path) -> None:
    x, y = runs.quantities()
    nets = [runs.network(1), runs.network(1)]
    for net, train in zip(nets, ((x, y), (stored(tmp_path, "x", x), stored(tmp_path, "y", y))), strict=True):
        runs.fit(net, train=train, loss=lw.MSELoss(), validation=None)
    assert nets[0].theta.tobytes() == nets[1].theta.tobytes()


@pytest.mark.parametrize("step", [2, STEPS, STEPS + 3])
def test_exact_resume(step: int, tmp_path: Path, tally: Tally) -> None:
    train = (stored(tmp_path, "x", X), LABELS)
    whole = runs.network()
    runs.fit(whole, train=train, checkpoint=tmp_path / "whole")
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), train=train, checkpoint=tmp_path / "cut", listeners=[CtrlC(step)])
    net = runs.network()
    runs.fit(net, train=train, checkpoint=tmp_path / "cut", resume=tmp_path / "cut")
    assert net.theta.tobytes() == whole.theta.tobytes()
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()
    other = X.copy()
    other[-1, -1] += 1
    refused(tally, SettingError, "other training data", lambda: runs.fit(
        runs.network(), train=(stored(tmp_path, "other", other), LABELS), resume=tmp_path / "cut"))  # fmt: skip


def test_nothing_is_copied_and_nothing_written(tmp_path: Path) -> None:
    x = stored(tmp_path, "x", X)
    found = checked("training", (x, LABELS), runs.network(), lw.CrossEntropyLoss())
    assert np.shares_memory(found.x, x)
    assert found.take(slice(0, 3)).x.dtype == np.float32
    assert not x.flags.writeable
    net = runs.network()
    np.testing.assert_array_equal(predict(net, x), net(X))
    assert evaluate(net, x, LABELS, lw.CrossEntropyLoss()) == evaluate(net, X, LABELS, lw.CrossEntropyLoss())


@pytest.mark.usefixtures("small_parts")
def test_every_row_is_looked_at(tmp_path: Path, tally: Tally) -> None:
    loss = lw.CrossEntropyLoss()
    for row in (0, 7, runs.N - 1):
        wrong = X.copy()
        wrong[row, 2] = np.nan
        wrong[-1, 3] = np.inf
        x = stored(tmp_path, f"x{row}", wrong)
        refused(tally, DataError, (f"training x holds nan at row {row}, column 2", "2 such values"),
                lambda x=x: runs.fit(runs.network(), train=(x, LABELS)))  # fmt: skip
        wrong = X.copy()
        wrong[row, 1] = 1e300
        x = stored(tmp_path, f"large{row}", wrong)
        start = row // 3 * 3
        refused(tally, DataError, (f"from row {start} on", "training x in float32", f"inf at row {row - start}"),
                lambda x=x: runs.fit(runs.network(), train=(x, LABELS)))  # fmt: skip
        labels = LABELS.copy()
        labels[row] = 9
        labels = stored(tmp_path, f"labels{row}", labels)
        start = row // 12 * 12  # a label is as long as a number of x, which has four in a row
        words = f"label 9 in row {row - start}"
        refused(tally, DataError, words, lambda labels=labels: checked("training", (X, labels), runs.network(), loss))


def test_a_divergence_finds_its_cause_in_the_file(tmp_path: Path) -> None:
    x = X.copy()
    x[5, 2] = -4e9
    with pytest.raises(DivergedError, match=r"The inputs reach 4e\+09"):
        runs.fit(runs.network(), train=(stored(tmp_path, "x", x), LABELS))


def test_what_counts_as_a_file(tmp_path: Path) -> None:
    x = stored(tmp_path, "x", X)
    assert all(on_disk(each) for each in (x, x[1:], x[::2, 1:], np.asarray(x), x.T, x.reshape(-1)))
    assert not any(on_disk(each) for each in (X, X[1:], np.array(x), x[[1, 2]] + 0, np.zeros(())))


def test_parts_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_AT_ONCE", 100)
    for array in (X, X[:, :1], X[:1], LABELS, X[:0], np.zeros((3, 0)), np.asfortranarray(X)):
        found = list(chunks(array))
        assert [start for start, _ in found] == list(np.cumsum([0, *(len(part) for _, part in found)])[:-1])
        if len(array):
            np.testing.assert_array_equal(np.concatenate([part for _, part in found]), array)
            assert all(part.nbytes <= max(100, array[0].nbytes) for _, part in found)
    assert [part.shape for _, part in chunks(np.float64(3.0) + np.zeros(()))] == [()]
    one = fingerprint(X, LABELS)
    monkeypatch.setattr(arrays, "_AT_ONCE", 2**24)
    assert fingerprint(X, LABELS) == one == fingerprint(np.asfortranarray(X), LABELS)
    assert fingerprint(X[1:], LABELS) != one


@pytest.mark.slow
def test_a_file_larger_than_its_share_of_memory_trains(tmp_path: Path) -> None:
    """256 MB of x, its validation part and its checkpoint, with less than a quarter of that in memory."""
    found = json.loads(programs.output(programs.start("big_file.py", tmp_path, 4096, 8192)))
    assert found["file"] > 250e6
    assert found["epochs"] == 1
    print(f"\n{found['file'] / 1e6:.0f} MB: allocated at most {found['peak'] / 1e6:.0f} MB")  # noqa: T201
    assert found["peak"] < found["file"] / 4
    assert found["private"] < found["file"] / 4
