"""A run on a table with categories and gaps, interrupted in the days of the first reader: it answers, and goes on.

`old_table` was written then, after three epochs of six; TABLE stands for the path of its file. The answers beside it
are those of then, and the history is that of the same run in one go.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from layerwise.cli import main

OLD = Path(__file__).parent / "old_table"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    run = Path(shutil.copytree(OLD, tmp_path / "run"))
    for name in ("experiment.toml", "run.json"):
        text = (run / name).read_text(encoding="utf-8")
        (run / name).write_text(text.replace("TABLE", (run / "table.csv").as_posix()), encoding="utf-8")
    return run


def columns(path: Path) -> dict[str, list[float]]:
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def test_it_answers_as_before(old: Path, tmp_path: Path) -> None:
    assert main(["predict", str(old), str(old / "table.csv"), "--out", str(tmp_path / "now.csv")]) == 0
    now, then = columns(tmp_path / "now.csv"), columns(old / "answers.csv")
    assert now.keys() == then.keys()
    np.testing.assert_allclose(now["predicted price"], then["predicted price"], rtol=1e-5)


def test_it_goes_on_as_if_there_had_been_no_break(old: Path) -> None:
    assert main(["train", "--resume", str(old), "--no-progress"]) == 0
    now, then = columns(old / "history.csv"), columns(old / "history-of-the-whole.csv")
    assert now["epoch"] == then["epoch"]
    for name in ("train_loss", "val_loss"):
        np.testing.assert_allclose(now[name], then[name], rtol=1e-4)


def test_with_another_table_it_is_refused_in_words(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (old / "table.csv").open("a", encoding="utf-8") as file:
        file.write("50,mid,3,60000\n")
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    assert main(["train", "--resume", str(old), "--no-progress"]) == 1
    assert "can only go on with the same data" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before
