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
from tools.parity.rows import Row, bound, difference, largest, printed  # noqa: E402
from tools.parity.spy import Spy  # noqa: E402

PAGE = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
BESIDE_TORCH, BESIDE_SKLEARN = PAGE.split("## Beside scikit-learn")
EVERYTHING = [(kind, name) for kind, names in registered().items() for name in sorted(names)]


def test_the_registries_are_not_empty():
    assert len(EVERYTHING) >= 80
    assert all(registered().values())


@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_everything_registered_stands_on_the_page(kind, name):
    """Beside PyTorch with a bound; beside scikit-learn with a bound, or among what it does not have."""
    lines = [line for line in BESIDE_TORCH.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(lines) == 1, "run python -m tools.parity --write"
    assert "< 1e-" in lines[0]
    assert f"`{name}`" in BESIDE_SKLEARN


@pytest.mark.torch
def test_the_page_holds():
    torch = pytest.importorskip("torch")
    rows = torch_rows.rows(torch)
    assert missing(rows) == []
    assert {(row.kind, row.name) for row in rows} == set(EVERYTHING)
    assert complaints(PAGE, page(rows, sklearn_rows.rows(), torch, headroom=1)) == []


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


@pytest.mark.parametrize(("measured", "dtype", "words"), [
    (0.0, "float64", "< 1e-14"), (3e-15, "float64", "< 1e-14"), (4e-15, "float64", "< 1e-13"),
    (0.0, "float32", "< 1e-6"), (4e-7, "float32", "< 1e-5"), (math.inf, "float64", "< inf"), (None, "float64", ""),
])  # fmt: skip
def test_bounds(measured, dtype, words):
    assert printed(measured, dtype) == words
    assert measured is None or bound(measured, dtype, headroom=1) >= measured


@pytest.mark.parametrize(("there", "now", "words"), [
    ("| a | < 1e-14 |", "| a | < 1e-14 |", None),
    ("| a | < 1e-13 |", "| a | < 1e-14 |", None),
    ("| a | < 1e-14 | < 1e-6 |", "| a | < 1e-14 | < 1e-5 |", "less difference than there is"),
    ("| a | < 1e-14 |", "| b | < 1e-14 |", "differs"),
    ("| a | < 1e-14 |", "| a |  |", "differs"),
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
