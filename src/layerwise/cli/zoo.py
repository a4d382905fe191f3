"""`layerwise doctor --zoo`: sick networks to watch, to name and to cure."""

from __future__ import annotations

import sys

from layerwise.cli.output import announced, look, note, say_all
from layerwise.insight.doctor.zoo import CASES, find
from layerwise.report.zoo import cure_lines, list_lines, sick_lines


def zoo(name: str | None, *, show: bool, seed: int) -> int:
    """List the cases, or show one: sick, and after Enter its name, the line that differs, and its cure."""
    if name is None:
        say_all(list_lines(CASES, look(), named=show))
        return 0
    case = find(name)
    specimen = case.build(seed)
    with announced("training it sick"):
        sick = specimen.train()
    say_all(sick_lines(CASES.index(case) + 1, case, specimen, sick, look()))
    if not show:
        _wait()
    with announced("training it cured"):
        cured = case.build(seed, sick=False).train()
    say_all(["", *cure_lines(case, sick, cured, look())])
    return 0


def _wait() -> None:
    """Leave the learner time to name the disease; where nobody sits, go on."""
    if sys.stdin is not None and sys.stdin.isatty():
        note("", "What is wrong? Name it, then press Enter for the answer.")
        sys.stdin.readline()
