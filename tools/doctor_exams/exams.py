"""The three exams: which runs, how they are marked, and what is to be reached."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

from tools.doctor_exams.paper import Paper, examined

from layerwise.insight.doctor.zoo import CASES as ZOO
from layerwise.insight.doctor.zoo import cure_helps

SEEDS_OF_A = 5
EXAMS = ("A", "B", "C")


@cache
def cases(exam: str) -> dict[str, Any]:
    """The cases of an exam by name. Public cases and healthy runs are imported where they are wanted."""
    if exam == "B":
        return {case.name: case for case in ZOO}
    if exam == "A":
        from tools.doctor_exams.public import CASES

        return {case.name: case for case in CASES}
    from tools.doctor_exams.sixty import RUNS

    return {run.name: run for run in RUNS}


def papers(exam: str, seed: int, only: list[str] | None = None, processes: int = 2) -> Iterator[Paper]:
    """Write the exam, and hand in each paper as it is done. The seed draws all that a case leaves open."""
    seeds = range(SEEDS_OF_A * seed, SEEDS_OF_A * (seed + 1)) if exam == "A" else [seed]
    jobs = [(exam, name, each) for name in only or cases(exam) for each in seeds]
    for thread_setting in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(thread_setting, "1")
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(_written, jobs):
            yield from found


def _written(job: tuple[str, str, int]) -> list[Paper]:
    return written(*job)


def written(exam: str, name: str, seed: int) -> list[Paper]:
    """The papers of one case: sick and cured, or healthy."""
    case = cases(exam)[name]
    if exam == "C":
        return [_healthy(case, seed)]
    pair = {state: case.build(seed, sick=state == "sick") for state in ("sick", "cured")}
    courses = {state: specimen.train() for state, specimen in pair.items()}
    counts = cure_helps(courses["sick"], courses["cured"])
    return [
        Paper(name, seed, state, said, noted, round(courses[state].skill, 3), counts, round(seconds, 2))
        for state, specimen in pair.items()
        for said, noted, seconds in [examined(specimen)]
    ]


def _healthy(run: Any, seed: int) -> Paper:
    from tools.doctor_exams.healthy import is_as_stated

    specimen = run.build(seed)
    counts, skill = is_as_stated(run, specimen)
    said, noted, seconds = examined(specimen)
    state = "hopeless" if run.hopeless else "healthy"
    return Paper(run.name, seed, state, said, noted, round(skill, 3), counts, round(seconds, 2))
