"""The script that prints every operation of a step: it is short, it leaves none out, and its numbers are right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import layerwise as lw

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "05_every_operation.py"
OPERATIONS = [
    ("0", "linear"),
    ("1", "fan_out"),
    ("1.0", "layer_norm"),
    ("1.1", "linear"),
    ("1.2", "tanh"),
    ("1", "add"),
    ("2", "linear"),
    ("loss", "cross_entropy_with_logits"),
]


@pytest.fixture(scope="module")
def printed() -> str:
    words = [sys.executable, "-W", "error", str(SCRIPT)]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout


def numbers(printed: str, where: str, phase: str, name: str, which: int = 0) -> np.ndarray:
    """The numbers under a name, of the operation at an address."""
    title = rf"\n{re.escape(where)}  \w+, {phase}\n"
    block = re.split(title, printed)[1 + which].split("\n\n")[0]
    text = re.search(rf"      {name} = (.*?)(?=\n  \S|\n      \w+ = |\Z)", block, re.DOTALL).group(1)
    return np.array(re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text), dtype=float)


def test_it_is_a_short_script() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 50


def test_every_operation_is_there_forward_and_then_back(printed: str) -> None:
    titles = re.findall(r"^(\S+)  (\w+), (forward|backward)$", printed, re.MULTILINE)
    assert titles == [(*each, "forward") for each in OPERATIONS] + [(*each, "backward") for each in OPERATIONS[::-1]]


def test_every_line_stands_where_it_says(printed: str) -> None:
    lines = re.findall(r"^  (\S+)/(\S+):(\d+)  (.*)$", printed, re.MULTILINE)
    assert len(lines) > 30
    for folder, file, number, text in lines:
        source = (ROOT / "src" / "layerwise" / folder / file).read_text(encoding="utf-8").splitlines()
        assert source[int(number) - 1].strip().startswith(text.splitlines()[0])


def test_its_numbers_are_right(printed: str) -> None:
    """Computed once more, by hand."""
    net = lw.Network(
        lw.Linear(2, 3),
        lw.Residual(lw.LayerNorm(3), lw.Linear(3, 3), lw.Tanh()),
        lw.Linear(3, 2),
        seed=0,
        dtype="float64",
    )
    W0, b0, gamma, beta, W1, b1, W2, b2 = net.parameters().values()
    x, labels = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0, 1])
    z = x @ W0.T + b0
    hat = (z - z.mean(1, keepdims=True)) / np.sqrt(z.var(1, keepdims=True) + 1e-5)
    f = np.tanh((gamma * hat + beta) @ W1.T + b1)
    logits = (z + f) @ W2.T + b2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    cost = -np.log(p[[0, 1], labels]).mean()
    dlogits = (p - np.eye(2)[labels]) / 2
    dsum = dlogits @ W2
    df = dsum * (1 - f * f)
    for where, phase, name, right, which in [
        ("0", "forward", "z", z, 0),
        ("1.0", "forward", "x_hat", hat, 0),
        ("1.2", "forward", "y", f, 0),
        ("1", "forward", "y", z + f, 1),
        ("2", "forward", "z", logits, 0),
        ("loss", "forward", "C", cost, 0),
        ("loss", "backward", "dz", dlogits, 0),
        ("2", "backward", "dx", dsum, 0),
        ("2", "backward", "dW", dlogits.T @ (z + f), 0),
        ("1", "backward", "da", dsum, 0),
        ("1.2", "backward", "dx", df, 0),
        ("1.1", "backward", "db", df.sum(0), 0),
    ]:
        np.testing.assert_allclose(numbers(printed, where, phase, name, which), np.ravel(right), atol=6e-5)
    dnorm = numbers(printed, "1.0", "backward", "dx")
    np.testing.assert_allclose(numbers(printed, "1", "backward", "dx", 1), dsum.ravel() + dnorm, atol=2e-4)
    dz = numbers(printed, "1", "backward", "dx", 1).reshape(2, 3)
    np.testing.assert_allclose(numbers(printed, "0", "backward", "dW"), (dz.T @ x).ravel(), atol=1e-3)
    assert f"the cost is {cost:.6f}" in printed
