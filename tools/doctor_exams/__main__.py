"""Run one of the doctor's exams, print its table, and with --write keep its papers and write its section of the page.

A: public cases, sick and cured, over five seeds. B: the bug zoo. C: healthy runs. The public cases want MNIST, which
the library downloads, or finds where LAYERWISE_DATA_MIRROR says.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from tools.doctor_exams.exams import EXAMS, cases, papers
from tools.doctor_exams.page import RECORD, placed, section
from tools.doctor_exams.paper import Paper
from tools.doctor_page import PAGE


def recorded() -> dict[str, Any]:
    """The last exam of each kind: its seed and its papers."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def write(exam: str, seed: int, found: list[Paper]) -> None:
    """Keep the papers, and write the section."""
    record = recorded() | {exam: {"seed": seed, "papers": [paper.as_table() for paper in found]}}
    rows = json.dumps(dict(sorted(record.items())), indent=None, ensure_ascii=False)
    RECORD.write_text(rows.replace('{"case"', '\n{"case"') + "\n", encoding="utf-8")
    PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")


def main() -> None:
    """Write the exam that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.doctor_exams", description=__doc__)
    parser.add_argument("exam", choices=EXAMS)
    parser.add_argument(
        "--seed", type=int, default=0, help="draws data, sizes, optimizers and first weights; 0 unless given"
    )
    parser.add_argument("--only", action="append", help="a case by its name; may be repeated, and is not written")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.name} and {RECORD.name}")
    given = parser.parse_args()
    found = []
    for paper in papers(given.exam, given.seed, given.only, given.processes):
        found.append(paper)
        wanted = getattr(cases(given.exam)[paper.case], "answers", frozenset())
        mark = "" if paper.state != "sick" else "right" if paper.right(wanted) else "MISSED"
        print(
            f"{'' if paper.counts else '(does not count) '}{paper.case} [{paper.seed}] {paper.state} "
            f"{paper.skill:.2f}: {paper.said} {paper.noted} {mark} {paper.seconds:.1f} s",
            flush=True,
        )
    print(section(given.exam, given.seed, found))
    if given.write and not given.only:
        write(given.exam, given.seed, found)


if __name__ == "__main__":
    main()
