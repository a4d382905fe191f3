"""The page on speed: every figure on it comes from the record, and what was not run is left out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # the tools are no part of the package

from benchmarks.record import Growth, Memory, Record, Round, Row, Table

from tools import speed

ABOUT = {"cpu": "a processor", "cores": 2, "system": "Linux", "python": "3.13.0", "environment": {}}


def record(ours: float, theirs: float, vary: int | None = None) -> Record:
    rows = [
        Row(name, label, name != "layerwise", {"numpy": "2.4"}, [0.7], [Round(1, 0, 10, 1.0, time, 0.5)])
        for name, label, time in (("layerwise", "Layerwise", ours), ("torch_eager", "PyTorch eager", theirs))
    ]
    table = Table("W2", "an MLP", rows, {"batch": 100})
    return Record("2030-01-02T00:00:00+00:00", 0, 1, 0.4, ABOUT, [table], vary=vary)


def grown() -> Record:
    found = record(600.0, 1000.0)
    found.tables[0].grown.append(Growth("batch", 1))
    found.memory = [
        Memory("W2", "layerwise", "Layerwise", 2**20, 1),
        Memory("W2", "torch_eager", "PyTorch eager", 2**21, 1),
    ]
    return found


def test_a_record_comes_back_from_its_data() -> None:
    for each in (record(600.0, 1000.0, vary=3), grown()):
        data = json.loads(json.dumps(each.as_data()))
        assert Record.from_data(data) == each


def test_the_page_says_what_was_measured() -> None:
    page = speed.page({"steps": record(600.0, 1000.0), "varied": record(680.0, 1000.0, vary=1), "growth": grown()})
    assert "| W2 | PyTorch eager | **0.60 ×** | 0.75 | 0.75 |" in page
    assert "| Layerwise | 600 | 600–600 |  |  |" in page
    assert "| W2 | an MLP | PyTorch eager | **0.68 ×** | **0.60 ×** | +0.08 |" in page
    assert "drawn anew by seed 1" in page
    assert "| W2 batch | Layerwise | 6.00 |" in page
    assert "| W2 | 1.0 | 2.0 | 0.50 × |" in page
    assert "Measured on 2030-01-02: a processor, 2 cores" in page


def test_the_page_says_which_goals_are_missed_and_by_how_much() -> None:
    page = speed.page({"steps": record(870.0, 1000.0)})
    assert "| W2 | PyTorch eager | **0.87 ×** | 0.75, missed by 0.12 | 0.75, missed by 0.12 |" in page
    assert "missed" not in speed.page({"steps": record(750.0, 1000.0)})


def test_what_was_not_run_is_left_out() -> None:
    page = speed.page({"varied": record(680.0, 1000.0, vary=1)})
    assert "## A training step" not in page
    assert "| W2 | an MLP | PyTorch eager | **0.68 ×** |  |  |" in page


def test_the_page_is_the_one_of_the_record() -> None:
    if speed.RECORD.exists():
        assert speed.PAGE.read_text(encoding="utf-8") == speed.page(speed.read())
