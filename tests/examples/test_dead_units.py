"""The listener that names dead units: short, right, and without a trace in the run."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise.training import Listener, Noticed

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "06_dead_units.py"


def test_it_is_at_most_fifteen_lines() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    (found,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert found.end_lineno is not None
    assert found.end_lineno - found.lineno + 1 <= 15


def test_it_names_the_units_that_are_dead(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"step \d+0: dead units, by the address of their layer: \{'1': \[0, 3\]\}", line)


@pytest.mark.parametrize("dead", [[], [0], [1, 4], [0, 1, 2, 3, 4, 5]])
def test_it_finds_those_and_no_others_and_changes_no_bit(dead: list[int]) -> None:
    listener: Any = runpy.run_path(str(SCRIPT))["DeadUnits"]()
    heard: list[Noticed] = []

    class Hears(Listener):
        def noticed(self, event: Noticed) -> None:
            heard.append(event)

    nets = []
    for listeners in ([], [listener, Hears()]):
        net = lw.Network(lw.Linear(runs.D, 6), lw.ReLU(), lw.Linear(6, runs.K))
        net[0].bias = np.where(np.isin(np.arange(6), dead), -1e3, 10.0)  # for the inputs here: never, or always
        runs.fit(net, listeners=listeners, optimizer=lw.SGD(1e-3))
        nets.append(net)
    assert nets[0].theta.tobytes() == nets[1].theta.tobytes()
    assert [(event.step, event.finding) for event in heard] == ([(10, {"1": dead}), (20, {"1": dead})] if dead else [])
