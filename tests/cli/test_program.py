"""The command line as a program: encodings, pipes, signals, two at once, a full disk."""

from __future__ import annotations

import hashlib
import re
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.program import WITH_SMALL_FILES, finished, started

from layerwise import load
from layerwise.cli import main

LONG = ("train", "digits", "--epochs", "12")
SHORT = ("train", "digits", "--epochs", "2", "--no-progress")


def theta_sum(run: Path) -> str:
    """sha256 of the weights that a run has left."""
    return hashlib.sha256(load(run / "checkpoint.safetensors").theta.tobytes()).hexdigest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing has interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main([*LONG, "--no-progress"]) == 0
    return folder / "runs" / "digits-001"


# --- what is shown -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=["ascii", "latin-1"],
)
def test_any_encoding(changes: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("größe,art\n" + "\n".join(f"{x},{'früh' if x < 20 else '晚'}" for x in range(40)))
    done = finished("train", "t.csv", "--target", "art", "--epochs", "1", folder=tmp_path, changes=changes)
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode("latin-1" if "latin-1" in changes.values() else "ascii")
    assert max(map(len, said.splitlines())) <= 80
    predicted = finished("predict", "runs/t-001", "t.csv", folder=tmp_path, changes=changes)
    assert "früh" in predicted.stdout.decode("utf-8")  # data are UTF-8 whatever the terminal


@pytest.mark.parametrize(("changes", "ink"), [({"PYTHONIOENCODING": "utf-8"}, "██"), ({"LANG": "C"}, "@@")])
def test_pictures_in_unicode_and_in_ascii_and_no_colour_in_a_pipe(
    changes: dict[str, str], ink: str, tmp_path: Path
) -> None:
    said = finished(*SHORT, folder=tmp_path, changes=changes).stdout.decode("utf-8")
    assert ink in said
    assert said.isascii() is (ink == "@@")
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("changes", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)],
)
def test_colour_only_where_it_is_wanted(changes: dict[str, str], coloured: bool, tmp_path: Path) -> None:
    import os
    import pty

    ours, theirs = pty.openpty()
    with started("datasets", folder=tmp_path, changes=changes, stdout=theirs) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how Linux tells the end of a pseudo-terminal
                break
            if not chunk:
                break
            said += chunk
        process.communicate()
    os.close(ours)
    assert b"digits" in said
    assert (b"\x1b[" in said) is coloured


def test_help_comes_at_once_without_heavy_imports() -> None:
    import subprocess
    import sys

    from tests.cli.program import environment

    code = (
        "import sys; from layerwise.cli import main; main([]); main(['train', '--help']); "
        "print([name for name in ('numpy', 'sklearn', 'matplotlib', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["layerwise", "layerwise.cli"])
def test_it_runs_as_a_module(module: str, tmp_path: Path) -> None:
    import sys

    done = finished("--version", folder=tmp_path, command=[sys.executable, "-m", module])
    assert (done.returncode, done.stdout.split()[0]) == (0, b"layerwise")


# --- pipes and disks ---------------------------------------------------------------------------------------------


def test_a_pipe_closed_early_ends_the_words_and_not_the_work(tmp_path: Path) -> None:
    with started(*SHORT, folder=tmp_path) as process:
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()
    assert process.returncode == 0
    assert not error
    assert (tmp_path / "runs" / "digits-001" / "result.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_to_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = finished("datasets", folder=tmp_path, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"layerwise: could not write to standard output: No space left on device\n"


def test_a_full_disk_in_training_is_a_sentence_and_the_run_can_go_on(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The files of the start fit, the checkpoint (some 320 kB) does not.
    stopped = finished(*LONG, "--no-progress", folder=tmp_path, command=WITH_SMALL_FILES)
    assert stopped.returncode == 1
    error = stopped.stderr.decode()
    assert re.fullmatch(r"layerwise: could not write runs/digits-001/checkpoint.safetensors: .*\n", error)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--resume", "runs/digits-001", "--no-progress"]) == 0
    assert theta_sum(tmp_path / "runs" / "digits-001") == theta_sum(whole)


# --- the same bits -----------------------------------------------------------------------------------------------


def test_a_run_is_repeated_exactly(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert finished("train", str(whole / "experiment.toml"), "--no-progress", folder=tmp_path).returncode == 0
    assert main(["train", str(whole), "--no-progress"]) == 0
    for place in (1, 2):
        run = tmp_path / "runs" / f"digits-{place:03}"
        assert theta_sum(run) == theta_sum(whole)
        for name in ("checkpoint.safetensors", "history.csv", "result.json", "network.svg", "loss.png"):
            assert (run / name).read_bytes() == (whole / name).read_bytes(), name


def wait_for_an_epoch(process: Any) -> None:
    """Read up to the first epoch; on a busy machine what takes long before it is announced."""
    line = process.stderr.readline()
    while line.endswith(b" ...\n"):
        line = process.stderr.readline()
    assert line.startswith(b"epoch "), line


def interrupted(folder: Path, number: int, wait: float) -> Any:
    """A run that gets a signal some time after its first epochs."""
    with started(*LONG, folder=folder) as process:
        wait_for_an_epoch(process)
        time.sleep(wait)
        process.send_signal(number)
        error = process.stderr.read().decode()
        process.stdout.read()
    return process.returncode, error


def test_ctrl_c_and_resume_give_the_bits_of_a_whole_run(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    moments = np.random.default_rng().uniform(0, 0.3, 2)
    signals = ((signal.SIGINT, 130), (signal.SIGTERM, 143))
    stopped = 0
    for place, (wait, (number, code)) in enumerate(zip(moments, signals, strict=True), 1):
        returned, error = interrupted(tmp_path, number, wait)
        assert "Traceback" not in error
        run = tmp_path / "runs" / f"digits-{place:03}"
        if returned == code:
            stopped += 1
            assert f"  layerwise train --resume runs/{run.name}\n" in error
            assert (run / "checkpoint.safetensors").exists()
            assert main(["train", "--resume", f"runs/{run.name}", "--no-progress"]) == 0
        else:  # the signal came after the last step
            assert returned == 0, error
        assert (run / "checkpoint.safetensors").read_bytes() == (whole / "checkpoint.safetensors").read_bytes(), wait
        assert (run / "result.json").read_bytes() == (whole / "result.json").read_bytes()
    assert stopped


def test_the_command_that_goes_on_is_quoted(tmp_path: Path) -> None:
    with started("train", "moons", "--out", "it's mine", folder=tmp_path) as process:
        wait_for_an_epoch(process)
        process.send_signal(signal.SIGINT)
        error = process.stderr.read().decode()
        process.stdout.read()
    assert process.returncode == 130
    import shlex

    command = shlex.split(error.splitlines()[-1])
    assert command == ["layerwise", "train", "--resume", "it's mine"]
    page = (tmp_path / "it's mine" / "report.html").read_text(encoding="utf-8")
    assert "not tested</h1>" in page
    assert "Interrupted after step" in page
    assert "report:" in error


# --- two at once -------------------------------------------------------------------------------------------------


def test_two_runs_at_once_never_share_a_folder(tmp_path: Path) -> None:
    options = ("train", "moons", "--epochs", "2", "--no-progress")
    processes = [started(*options, "--seed", str(seed), folder=tmp_path) for seed in range(2)]
    for process in processes:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
    runs = sorted((tmp_path / "runs").iterdir())
    assert [run.name for run in runs] == ["moons-001", "moons-002"]
    assert len({theta_sum(run) for run in runs}) == 2


def test_a_run_at_work_can_not_be_resumed_by_another(tmp_path: Path) -> None:
    with started("train", "moons", "--epochs", "2000", folder=tmp_path) as process:
        while not list(tmp_path.glob("runs/*/checkpoint.safetensors")):
            time.sleep(0.05)
        other = finished("train", "--resume", "runs/moons-001", folder=tmp_path)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert other.returncode == 1
    assert other.stderr.startswith(b"layerwise: another run is at work in runs/moons-001")
