"""`python -m tools.compare_tables`: compare on public tables, and write the verdicts into docs/results.md."""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.compare_tables.page import Row, recorded, write
from tools.real_tables.collection import folder_of

import layerwise as lw
from layerwise.comparison.contest.problem import Problem, named
from layerwise.comparison.contest.table import problem_of_table

LIST = Path(__file__).with_name("tables.toml")
SETTINGS = {"configurations": 3, "repeats": 1, "seeds": 2, "why": False}
CEILING = 7200.0


@dataclass(frozen=True)
class Question:
    """package, file: where the table lies. asked: target, and what else the command takes."""

    package: str
    file: str
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The package, and the file without its folders and ending."""
        return f"{self.package}: {Path(self.file).stem}"

    def problem(self) -> Problem | None:
        """The table, read; None where its package is not installed."""
        if not self.asked:
            return named(self.file)
        folder = folder_of(self.package)
        if folder is None:
            return None
        asked = dict(self.asked)
        target, group = asked.pop("target"), asked.pop("group", None)
        problem, _ = problem_of_table(folder / self.file, target, groups=group, **asked)
        return problem


def questions() -> Iterator[Question]:
    """All of the list."""
    for package, files in tomllib.loads(LIST.read_text(encoding="utf-8")).items():
        for file, asked in files.items():
            yield Question(package, file, asked)


def answered(question: Question, problem: Problem, **changes: Any) -> Row:
    """A table, compared."""
    began = time.process_time()
    result = lw.compare(problem, **{"budget_seconds": CEILING, **SETTINGS, **changes})
    scores = {name: score for name, score in result.scores.items() if not score.failure}
    others = [name for name in scores if name not in ("dummy", "network")]
    top = max(others, key=lambda name: scores[name].skill)
    return {
        "table": question.name,
        "asked": question.asked,
        "rows": result.rows,
        "columns": result.columns,
        "measure": result.measure.name,
        "verdict": result.verdict,
        "best": result.best,
        "sure": None if result.judgement.sure != result.judgement.sure else round(result.judgement.sure, 3),
        "top": top,
        "words": {name: _words(result, name) for name in ("dummy", top, "network")},
        "scores": {name: score.tuned for name, score in scores.items()},
        "failed": [name for name, score in result.scores.items() if score.failure],
        "alarms": [alarm.code for alarm in result.alarms],
        "folds": f"{result.folds_done} of {result.folds}",
        "cut": [name for name, score in scores.items() if score.cut],
        "processor_seconds": round(time.process_time() - began, 1),
    }


def _words(result: Any, name: str) -> str:
    score = result.scores[name]
    return "failed" if score.failure else result.measure.words(score.tuned if result.measure.rising else -score.tuned)


def main() -> None:
    """Compare on all tables, or on those whose names hold a word."""
    parser = argparse.ArgumentParser(prog="python -m tools.compare_tables", description=__doc__)
    parser.add_argument("words", nargs="*", help="only tables whose name holds one of them")
    words = parser.parse_args().words
    found = {row["table"]: row for row in recorded()}
    for question in questions():
        if words and not any(word in question.name for word in words):
            continue
        problem = question.problem()
        if problem is None:
            print(f"{question.name}: {question.package} is not installed", file=sys.stderr)
            continue
        found[question.name] = answered(question, problem)
        print(json.dumps(found[question.name]), flush=True)
        write([found[each.name] for each in questions() if each.name in found])


if __name__ == "__main__":
    main()
