"""`layerwise tune`: from data to settings that can be trained again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layerwise.cli import main
from layerwise.tuning import search

Said = pytest.CaptureFixture[str]
QUICK = ["--trials", "3", "--epochs", "3", "--vary", "lr=1e-3..1e-1:log"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_finds_tests_draws_and_can_be_trained_again(capsys: Said) -> None:
    assert main(["tune", "moons", *QUICK]) == 0
    said, err = capsys.readouterr()
    assert "3 settings: 3 for 1 epoch, the best 1 of them up to 3 epochs; 5 epochs in all" in said
    assert "1 trained for 3 epochs; best so far" in err
    assert "test accuracy" in said
    assert max(map(len, said.splitlines())) <= 80
    assert Path("runs/tune-moons-001/tried.png").read_bytes().startswith(b"\x89PNG")
    accuracy = re.search(r"this network +(\S+) %", said)
    assert main(["train", "runs/tune-moons-001/best.toml", "--no-progress"]) == 0
    again = re.search(r"this network +(\S+) %", capsys.readouterr().out)
    assert accuracy
    assert again
    assert accuracy[1] == again[1]


def test_it_goes_on_after_ctrl_c(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, left = search.advanced, 2

    def interrupted(task: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return honest(task)

    monkeypatch.setattr(search, "advanced", interrupted)
    assert main(["tune", "moons", *QUICK, "--no-progress"]) == 130
    said, err = capsys.readouterr()
    assert "stopped by Ctrl-C" in err
    assert "layerwise tune --resume runs/tune-moons-001" in err
    assert said.count("lr=") >= 2, "what is done is told"
    monkeypatch.setattr(search, "advanced", honest)
    assert main(["tune", "--resume", "runs/tune-moons-001", "--no-progress"]) == 0
    assert main(["tune", "moons", *QUICK, "--no-progress"]) == 0
    first, second = (Path(f"runs/tune-moons-00{k}/best.toml").read_bytes() for k in (1, 2))
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "wants something to learn from"),
        (["moon"], "Did you mean 'moons'"),
        (["moons", "--vary", "lr"], "--vary wants a name and what it may be"),
        (["moons", "--vary", "lr=0.1"], "is a range, such as"),
        (["moons", "--vary", "optimiser.lr=1..2"], "no entry 'optimiser'"),
        (["moons", "--trials", "0"], "trials must be at least 1"),
        (["moons", "--workers", "0"], "--workers must be at least 1"),
        (["moons", "--method", "grid"], "method 'grid' is not known"),
        (["moons", "--seconds", "-1"], "seconds must be"),
        (["--resume", "nowhere"], "holds no search"),
        (["moons", "--resume", "nowhere"], "leave out the data"),
    ],
)
def test_a_mistake_is_told_and_leaves_no_folder(arguments: list[str], words: str, capsys: Said, tmp_path: Path) -> None:
    assert main(["tune", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
