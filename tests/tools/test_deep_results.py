"""The page of results is what the command writes, and what it is made of counts right."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the tools are no part of the package

from tools.deep_results import __main__ as command  # noqa: E402
from tools.deep_results import page, sequences  # noqa: E402
from tools.deep_results.study import Study  # noqa: E402

import layerwise as lw  # noqa: E402
from layerwise.random import generator  # noqa: E402


def test_the_page_ends_with_what_the_record_says():
    assert page.PAGE.read_text(encoding="utf-8").endswith(page.section(page.recorded()))


def test_every_study_was_run():
    assert set(page.recorded()) == set(page.STUDIES)


def study(rising=True, goal=0.5, measure="accuracy"):
    return Study("a study", "data", "net", measure, goal, rising, lambda seed: {"seed": seed, "score": 0.4 + seed / 10})


def runs(*scores):
    return [{"seed": k, "score": each, "seconds": 2.0 + k, "rival": 0.25} for k, each in enumerate(scores)]


def test_a_row_shows_the_worst_seed():
    assert study().row({"a study": runs(0.6, 0.9, 0.8)}) == (
        "| data | net | accuracy | ≥ 50.0 % | **60.0 %** | 80.0 % | 3 | rival 25.0 % | 3 s |"
    )
    assert "**40.0 %**, missed" in study().row({"a study": runs(0.6, 0.4)})
    assert study(rising=False, measure="RMSE").row({"a study": runs(0.4, 0.6)}) == (
        "| data | net | RMSE | ≤ 0.500 | **0.600**, missed | 0.500 | 2 | rival 0.250 | 2 s |"
    )

    beside = study(goal="another").row({"a study": runs(0.7), "another": runs(0.6, 0.8, 0.9)})
    assert "| ≥ 80.0 % | **70.0 %**, missed |" in beside


def test_the_command_runs_records_and_writes(tmp_path, monkeypatch):
    written = tmp_path / "results.md"
    written.write_text("# Results\n\nAbove.\n\n## Deep networks\n\nOld.\n", encoding="utf-8")
    monkeypatch.setattr(page, "RECORD", tmp_path / "deep_results.json")
    monkeypatch.setattr(page, "PAGE", written)
    one = Study("spam", "data", "net", "accuracy", 0.5, True, lambda seed: runs(0.75)[0] | {"seed": seed})
    monkeypatch.setitem(page.STUDIES, "spam", one)
    monkeypatch.setattr(sys, "argv", ["deep_results", "spam", "--seeds", "2"])
    command.main()
    record = page.recorded()
    assert [run["seed"] for run in record["spam"]] == [0, 1]
    assert written.read_text(encoding="utf-8") == f"# Results\n\nAbove.\n\n{page.section(record)}"
    assert "**75.0 %**" in page.section(record)
    monkeypatch.setattr(sys, "argv", ["deep_results", "span"])
    with pytest.raises(lw.errors.SettingError, match="Did you mean 'spam'"):
        command.main()


def test_the_adding_problem():
    x, y = sequences.adding_problem(500, generator(0, "adding"))
    values, marks = x[:, :, 0], x[:, :, 1]
    assert x.shape == (500, 100, 2)
    assert (marks[:, :50].sum(axis=1) == 1).all()
    assert (marks[:, 50:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(y[:, 0], (values * marks).sum(axis=1), rtol=1e-6)
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, abs=0.03)
