"""`layerwise compare`: whether a neural network is right for these data, beside traditional models."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Any

from layerwise.cli.interrupts import Interrupted
from layerwise.cli.live_table import shown_live
from layerwise.cli.output import look, note, say
from layerwise.comparison.contest import compare as comparison_of
from layerwise.comparison.contest.problem import Problem, named
from layerwise.comparison.contest.table import problem_of_table
from layerwise.comparison.contest.text import lines
from layerwise.data import TABLES, names
from layerwise.errors import FileError, SettingError, nearest
from layerwise.report.contest.page import page
from layerwise.training.changes import Changes
from layerwise.wording import printable


def compare(
    what: str,
    target: str | None,
    reading: Changes,
    group: str | None,
    time: str | None,
    *,
    report: str | None,
    json: bool,
    progress: bool,
    **settings: Any,
) -> int:
    """Compare, and print the verdict with what it rests on. Returns the exit code.

    settings: those of `lw.compare`.
    """
    problem, notes = _problem(what, target, reading, group, time)
    for sentence in notes:
        note(*look().wrapped(printable(sentence, 500), "  "))
    with shown_live(progress) as watch:
        result = comparison_of(problem, watch=watch, **settings)
    if json:
        say(json_format.dumps(result.as_table(), indent=1, allow_nan=False))
    else:
        say(*(printable(line, 1000) for line in lines(result, look().width)))
    if report is not None:
        _write(report, page(result, Path(what).name))
    if result.stopped == "stopped by Ctrl-C":
        raise Interrupted
    return 0


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"could not write {path}: {error.strerror or error}") from None


def _problem(
    what: str, target: str | None, reading: Changes, group: str | None, time: str | None
) -> tuple[Problem, tuple[str, ...]]:
    known = [card.name for card in names()]
    if what in known:
        if (target, group, time) != (None, None, None) or reading != Changes():
            raise SettingError(f"{what} is a set with a name, which is taken whole: leave out what is for a table")
        return named(what), ()
    if not (Path(what).exists() or Path(what).suffix.lower() in TABLES or "://" in what or what == "-"):
        if Path(what).suffix:
            raise FileError(f"there is no file {what}")
        raise SettingError(f"there is no dataset {what!r}, nor a file of that name.{nearest(what, known)}")
    if target is None:
        raise SettingError(f"{what} needs --target COLUMN, the column to predict; layerwise look {what} shows them")
    return problem_of_table(what, target, groups=group, time=time, **reading.reading)
