"""docs/parity.md: it names everything that is registered, and what it says still holds."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the tools are no part of the package

from tools.parity import sklearn_rows, torch_rows  # noqa: E402
from tools.parity.page import complaints, missing, page, registered  # noqa: E402
from tools.parity.rows import Row, difference, holds, largest, printed  # noqa: E402
from tools.parity.spy import Spy  # noqa: E402

PAGE = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
BESIDE_TORCH, BESIDE_SKLEARN = PAGE.split("## Beside scikit-learn")
EVERYTHING = [(kind, name) for kind, names in registered().items() for name in sorted(names)]


def test_the_registries_are_not_empty():
    assert len(EVERYTHING) >= 80
    assert all(registered().values())


@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_everything_registered_stands_on_the_page(kind, name):
    """Beside PyTorch with a difference; beside scikit-learn with one, or among what it does not have."""
    lines = [line for line in BESIDE_TORCH.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(lines) == 1, "run python -m tools.parity --write"
    assert float(lines[0].split(" | ")[2]) < 1e-12
    assert f"`{name}`" in BESIDE_SKLEARN


@pytest.mark.torch
def test_the_page_holds():
    torch = pytest.importorskip("torch")
    rows = torch_rows.rows(torch)
    assert missing(rows) == []
    assert {(row.kind, row.name) for row in rows} == set(EVERYTHING)
    assert complaints(PAGE, page(rows, sklearn_rows.rows(), torch)) == []


def test_what_has_no_row_is_missed():
    rows = [Row(kind, name, "", 0.0, None) for kind, name in EVERYTHING if name != "relu"]
    assert missing(rows) == ["formula relu has no row: add it to the table of its tests"]


@pytest.mark.parametrize(("ours", "theirs", "apart"), [
    (1.0, 1.0, 0.0), (0.5, 0.25, 0.25), (300.0, 200.0, 0.5), ([1, 2], [1, 2], 0.0), ([0.0, 4.0], [0.25, 2.0], 1.0),
    (math.nan, math.nan, 0.0), (math.inf, math.inf, 0.0), (math.nan, 1.0, math.inf), (1.0, math.nan, math.inf),
    (math.inf, -math.inf, math.inf), (1.0, math.inf, math.inf), (math.inf, 1.0, math.inf),
])  # fmt: skip
def test_differences(ours, theirs, apart):
    assert difference(ours, theirs) == apart


def test_differences_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="ours has the shape"):
        difference(np.zeros((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="nothing was compared"):
        largest([])


@pytest.mark.parametrize(("measured", "words"), [
    (0.0, "0"), (2.22e-16, "2e-16"), (9.6e-15, "1e-14"), (4.4e-7, "4e-7"), (math.inf, "inf"), (None, ""),
])  # fmt: skip
def test_one_digit_is_printed(measured, words):
    assert printed(measured) == words


@pytest.mark.parametrize(("told", "found", "dtype", "kept"), [
    (0.0, 0.0, "float64", True), (0.0, 9e-15, "float64", True), (0.0, 2e-14, "float64", False),
    (3e-15, 3e-14, "float64", True), (3e-15, 4e-14, "float64", False), (4e-7, 1e-14, "float32", True),
    (4e-7, 4e-6, "float32", True), (4e-7, 5e-6, "float32", False), (1e-7, math.nan, "float32", False),
])  # fmt: skip
def test_the_last_bits_are_left_to_the_machine(told, found, dtype, kept):
    assert holds(told, found, dtype) is kept


@pytest.mark.parametrize(("there", "now", "words"), [
    ("| a | 2e-16 |", "| a | 2e-16 |", None),
    ("| a | 2e-16 |", "| a | 4e-15 |", None),
    ("| a | 2e-14 |", "| a | 0 |", None),
    ("| a | 2e-16 | 2e-7 |", "| a | 2e-16 | 3e-6 |", "less difference than there is"),
    ("| a | 0 | 2e-7 |", "| a | 3e-14 | 2e-7 |", "less difference than there is"),
    ("| a | 0 |", "| a | inf |", "less difference than there is"),
    ("| a | 2e-16 |", "| b | 2e-16 |", "differs"),
    ("| a | 2e-16 |", "| a |  |", "differs"),
    ("| **0.0063**: x |", "| **0.0064**: x |", None),
    ("| **0.0063**: x |", "| **0.063**: x |", "another figure"),
    ("| **< 1e-14**: x |", "| **< 1e-14**: x |", None),
    ("| a |", "| a |\n| b |", "has 1 lines, a fresh one 2"),
])  # fmt: skip
def test_complaints(there, now, words):
    found = complaints(there, now)
    assert len(found) == (words is not None)
    assert words is None or words in found[0]


def test_the_spy_tells_what_was_called_and_changes_nothing():
    called: list[str] = []
    assert Spy(np, called).linalg.norm(np.array([3.0, 4.0])) == 5
    assert Spy(np, called).pi == math.pi
    assert Spy(np, called).ndarray is np.ndarray
    Spy(np, called).linalg.norm(np.ones(1))
    assert called == ["numpy.linalg.norm"]
