"""The script: its list, one example, all of them with their pictures, and what it says to a mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "04_neural_network_examples.py"
PNG = b"\x89PNG\r\n"


def script(*arguments: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-W", "error", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=timeout)


@pytest.fixture(scope="module")
def names() -> list[str]:
    return [line.split()[0] for line in script("--list").stdout.splitlines()]


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said on standard error, besides the word at the first compilation on a machine."""
    return [line for line in done.stderr.splitlines() if not line.startswith("layerwise: compiling ")]


def test_the_list_has_one_line_for_each_and_a_question(names: list[str]) -> None:
    done = script("--list")
    assert (done.returncode, complaints(done)) == (0, [])
    assert len(names) == len(set(names)) >= 28
    for line in done.stdout.splitlines():
        assert len(line) <= 120
        assert line.split(maxsplit=1)[1][0].isupper()
        assert "?" in line


def test_one_by_name(tmp_path: Path) -> None:
    done = script("broadcasting", "--pictures", tmp_path / "new" / "folder")
    assert (done.returncode, complaints(done)) == (0, [])
    assert "perfect predictions (4,) against targets (4, 1): 2.50" in done.stdout
    assert "constant answer 2.5: 1.25" in done.stdout
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["broadcasting.png"]


# The surprise of each, as it is printed: numbers that were derived on paper or measured independently.
SURPRISES = {
    "chain_rule": ["-15 and +15, so dw = +0", "-9 and +6, so dw = -3"],
    "transposed_gradient": ["gradcheck: right", "2.weight: transposed"],
    "losses": ["cross-entropy -1.00, squared error -0.00006"],
    "ravine": ["gradient descent 223, momentum 100, Adam 82", "gradient descent 223, momentum 100, Adam 388"],
    "local_minima": [
        "at 0.000 = 0: 29 of 40",
        "(ln 2) / 2: 10 of 40",
        "(2 ln 1.5 + ln 3) / 4: 1 of 40",
        "10 of 10 still fall",
    ],
    "sparsity": ["L1, by its gradient: 0 of 17", "L1, proximal: 17 of 17", "L2: 0 of 17"],
    "dropout": ["mean -4.00, evaluation -4.00", "mean -2.00, evaluation -2.00", "mean 2.75, evaluation 0.00"],
    "vanishing_gradients": ["weight 1, each at its steepest: 9.5", "4/4)^10", "1024 = (8/4)^10"],
    "batch_normalization": ["3 becomes 0.00 in training", "3 becomes -1.70 in training", "27%, 65%, 99%"],
    "mutual_information_of_xor": ["x1 tells 0.000 bits", "OR tells 0.311 bits", "OR and AND tells 1.000 bits"],
    "bins": ["9.97 in bins of 0.0001"],
    "loss_floor": ["floor 0.325 nats"],
    "unread_pixels": ["3.5 places, so 3; 15 of 64", "4.5 places, so 4; 0 of 64", "80 parameters", "4,680"],
    "forget_gate": ["9.5e-07 is left", "0.0019 is left", "0.079 is left", "0.7 is left", "a bias of 3.34"],
    "memory": ["RNN: 0 of 3", "b_f = 0: 0 of 3", "b_f = 3: 3 of 3"],
    "residual": ["9.5e-07, with a way around each 9.3"],
    "reused_value": [
        "the sum so far: 6; only what arrived: 4; each value after all that use it: 4",
        "a was visited 1,024 times",
    ],
    "universal_approximation": ["32 steps, built by hand: largest error 0.098"],
}


@pytest.mark.slow
def test_all_of_them_within_three_minutes(names: list[str], tmp_path: Path) -> None:
    done = script("--pictures", tmp_path, timeout=180)
    assert (done.returncode, complaints(done)) == (0, [])
    said = dict(zip(names, done.stdout.split("\n\n"), strict=False))
    for name in names:
        assert said[name].startswith(f"[{names.index(name) + 1}/{len(names)}] {name}: ")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)
        for surprise in SURPRISES.get(name, []):
            assert surprise in said[name]
    assert {path.stem for path in tmp_path.iterdir()} == set(names)
    assert done.stdout.count("NumPy and Layerwise differ by") >= len(names) - 4


def refused(code: int, *arguments: str | Path) -> str:
    done = script(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    return done.stderr


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert "there is no example 'dropuot'. Did you mean 'dropout'?" in refused(2, "dropuot")
    assert "Known: " in refused(2, "zzz")


def test_a_wrong_name_among_right_ones_stops_before_anything_runs(tmp_path: Path) -> None:
    assert "'zzz'" in refused(2, "broadcasting", "zzz", "--pictures", tmp_path / "pictures")
    assert not (tmp_path / "pictures").exists()


def test_a_folder_that_can_not_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    said = refused(1, "broadcasting", "--pictures", tmp_path / "file")
    assert "could not make" in said
    assert "--pictures" in said


def test_without_layerwise_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "layerwise.py").write_text("raise ModuleNotFoundError('no', name='layerwise')")
    program = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); sys.path.insert(1, {str(SCRIPT.parent)!r}); "
    program += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "pip install -e ." in done.stderr
    assert "Traceback" not in done.stderr
