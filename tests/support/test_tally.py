"""The tally itself: an empty column must fail a whole run, and must not fail a part of one."""

from __future__ import annotations

import json
import os
import shlex
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


def test_what_two_processes_count_is_added_and_what_both_met_is_one():
    tallies = Tally(), Tally()
    for tally, formula in zip(tallies, ("relu", "tanh"), strict=True):
        tally.check(formula, 3)
        tally.check("linear")
        tally.whole("a network", 2)
        tally.refuse("arrays", "x is ragged")
    tallies[1].refuse("arrays", "x is text")
    total = Tally()
    for tally in tallies:
        total.merge(json.loads(json.dumps(tally.dump())))
    assert total.line({"relu", "tanh", "linear"}) == (
        "proof: 3 formulas in the registry, 3 checked, 1 whole networks checked, 12 gradient checks, "
        "3 cases of bad input tried, "
        "distinct by hand: arrays 2, settings 0, CSV 0, files 0; "
        "0 damaged files refused, 0 kills while saving survived"
    )


def run(folder: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A suite of its own, of one file: this conftest.py and this tally count it."""
    tests = folder / "tests"
    (tests / "support").mkdir(parents=True)
    for name in ("conftest.py", "support/tally.py"):
        shutil.copy(TESTS / name, tests / name)
    (tests / "test_nothing.py").write_text(program, encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib --strict-markers\nmarkers = slow: takes long", encoding="utf-8"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,
    )


NOTHING = """import pytest

def test_one(): pass
def test_two(): pass

@pytest.mark.slow
def test_three(): pass
"""


WHOLE = ["", "-n 2 -m 'not slow'"]
PARTS = ["-n 2 -k one", "-m slow", "tests/test_nothing.py"]


@pytest.mark.parametrize("options", WHOLE + PARTS)
def test_a_whole_run_that_proves_nothing_fails_and_a_part_does_not(tmp_path, options):
    done = run(tmp_path, NOTHING, *shlex.split(options))
    assert done.returncode == int(options in WHOLE), done.stdout + done.stderr
    assert "checked, 0 whole networks checked, 0 gradient checks, 0 cases of bad input tried" in done.stdout
    assert "0 damaged files refused, 0 kills while saving survived" in done.stdout
    assert ("proof: formula relu was not checked" in done.stdout) == (options in WHOLE)


COUNTS = """import pytest

@pytest.mark.parametrize("number", range(4))
def test_counts(number, tally):
    tally.check(["relu", "tanh", "relu", "gelu"][number], 10 ** number)
"""


@pytest.mark.parametrize("file", ["", "tests/test_nothing.py"])
def test_the_line_counts_what_all_processes_checked_and_a_file_alone_has_one(tmp_path, file):
    done = run(tmp_path, COUNTS, "-n", "auto", "--dist", "worksteal", "-v", *filter(None, [file]))
    assert "registry, 3 checked, 0 whole networks checked, 1111 gradient checks" in done.stdout, done.stderr
    assert ("worker" in done.stdout) == (file == "")
