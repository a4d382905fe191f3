"""A run that was begun before experiments had listeners: its table is read, it goes on, and it answers.

`old_run` was written then: three epochs of six, with early stopping as an entry of its own. The history beside it is
that of the same run in one go.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from layerwise.cli import main
from layerwise.training.experiment import Experiment

OLD = Path(__file__).parent / "old_run"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD, tmp_path / "run"))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_early_stopping_is_read_as_a_listener(old: Path) -> None:
    experiment = Experiment.read(old / "experiment.toml")
    assert experiment.listeners == [{"name": "EarlyStopping", "patience": 3}]
    (early,) = experiment.build().listeners
    assert early.patience == 3  # type: ignore[attr-defined]
    assert "early_stopping" not in experiment.to_table()


def test_it_goes_on_as_if_there_had_been_no_break(old: Path) -> None:
    whole = rows(old / "history-of-the-whole.csv")
    assert main(["train", "--resume", str(old), "--no-progress"]) == 0
    for name in ("train_loss", "val_loss"):
        now, then = ([float(row[name]) for row in each] for each in (rows(old / "history.csv"), whole))
        np.testing.assert_allclose(now, then, rtol=1e-4)


def test_it_answers_as_before(old: Path, tmp_path: Path) -> None:
    assert main(["predict", str(old), str(old / "examples.csv"), "--out", str(tmp_path / "a.csv")]) == 0
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 11


def test_it_can_be_repeated_with_another_patience(old: Path, tmp_path: Path) -> None:
    again = str(tmp_path / "again")
    entry = "early_stopping.patience=2"
    assert main(["train", str(old), "--set", entry, "--no-progress", "--out", again, "--epochs", "1"]) == 0
    assert Experiment.read(tmp_path / "again/experiment.toml").listeners == [{"name": "EarlyStopping", "patience": 2}]
