"""The tally itself: an empty column must fail a whole run, and must not fail a part of one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.tally import COLUMNS, KINDS, Tally

TESTS = Path(__file__).parents[1]


def test_the_line_counts():
    tally = Tally()
    tally.check("relu", 3)
    tally.check("relu")
    tally.check("of another library")
    tally.whole("a network", 2)
    tally.whole("a network", 2)
    tally.add("bad input", 2)
    for message in ("x is ragged", "x is ragged", "x is text"):
        tally.refuse("arrays", message)
    tally.refuse("CSV", "line 3 is short")
    tally.add("damaged files", 20)
    tally.add("kills while saving", 7)
    assert tally.line({"relu", "tanh"}) == (
        "proof: 2 formulas in the registry, 1 checked, 1 whole networks checked, 9 gradient checks, "
        "6 cases of bad input tried, "
        "distinct by hand: arrays 2, settings 0, CSV 1, files 0; "
        "20 damaged files refused, 7 kills while saving survived"
    )


def test_gaps_are_named(monkeypatch):
    monkeypatch.setitem(COLUMNS, "kills while saving", 500)  # also where nothing can be forked
    tally = Tally()
    assert tally.gaps(set())[0] == "the registry is empty"
    assert tally.gaps({"relu"}) == [
        "formula relu was not checked",
        "gradient checks: 0, 400 wanted",
        "bad input: 0, 1 wanted",
        "damaged files: 0, 36000 wanted",
        "kills while saving: 0, 500 wanted",
        "0 whole networks were checked, 20 wanted",
        "0 distinct cases of bad arrays, 25 wanted",
        "0 distinct cases of bad settings, 25 wanted",
        "0 distinct cases of bad CSV, 25 wanted",
        "0 distinct cases of bad files, 25 wanted",
        "0 distinct cases of bad input, 150 wanted",
    ]
    tally.check("relu")
    for column, least in COLUMNS.items():
        tally.add(column, least)
    for number in range(20):
        tally.whole(f"network {number}", 1)
    for kind in KINDS:
        for number in range(25):
            tally.refuse(kind, f"{number} is bad")
    assert tally.gaps({"relu"}) == ["100 distinct cases of bad input, 150 wanted"]
    for number in range(25, 75):
        tally.refuse("CSV", f"{number} is bad")
    assert tally.gaps({"relu"}) == []
    assert tally.gaps({"relu", "tanh"}) == ["formula tanh was not checked"]


def test_an_unknown_column_is_refused():
    with pytest.raises(KeyError, match="not 'gradients'"):
        Tally().add("gradients")


@pytest.mark.parametrize(("options", "fails"), [([], True), (["-k", "one"], False)], ids=["whole", "part"])
def test_a_whole_run_that_proves_nothing_fails(tmp_path, options, fails):
    tests = tmp_path / "tests"
    (tests / "support").mkdir(parents=True)
    for name in ("conftest.py", "support/tally.py"):
        shutil.copy(TESTS / name, tests / name)
    (tests / "test_nothing.py").write_text("def test_one(): pass\ndef test_two(): pass\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == int(fails), run.stdout + run.stderr
    assert "checked, 0 whole networks checked, 0 gradient checks, 0 cases of bad input tried" in run.stdout
    assert "0 damaged files refused, 0 kills while saving survived" in run.stdout
    assert ("proof: formula relu was not checked" in run.stdout) == fails
