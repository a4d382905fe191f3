"""The command: tries the mutants, prints what survived, and writes the report."""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: a forked child must find no threads

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tools.mutate import record
from tools.mutate.mutants import Mutant, mutants
from tools.mutate.report import Result, complaints, markdown
from tools.mutate.sandbox import NO_TESTS, Job, Sandbox, Verdict
from tools.mutate.survivors import known
from tools.mutate.targets import Target, targets

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mutation.md"
RECORD = ROOT / "docs" / "mutation.json"
QUICK = 3
SPARE_SECONDS = 10
"""What a mutant may take, on top of five times what its tests take without it."""
UNUSABLE = (3, 4, 5)
"""pytest's codes for an error of its own, a wrong call, and no tests at all: they say nothing about a mutant."""


class ProofError(Exception):
    """The run can prove nothing: the tests fail without a mutant, or do not run."""


def main(arguments: list[str] | None = None) -> int:
    """Return 0 if everything is killed or explained, else 1."""
    options = _parser().parse_args(arguments)
    chosen = [each for each in targets(ROOT) if not options.target or each.name in options.target]
    if not chosen:
        print(f"no target is called {options.target}; known: {', '.join(each.name for each in targets(ROOT))}")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stopped from outside, it still ends its children
    begin = time.monotonic()
    try:
        results = prove(ROOT, chosen, jobs=options.jobs, sample=QUICK if options.quick else None)
    except ProofError as error:
        print(error)
        return 1
    killed, total = sum(result.killed for result in results), sum(result.total for result in results)
    print(f"{killed} of {total} mutants killed in {time.monotonic() - begin:.0f} s")
    wrong = complaints(results, known(), whole=not options.quick)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    if not options.quick:
        _keep(results)
    return 1 if wrong else 0


def _keep(results: list[Result]) -> None:
    """Enter the results of full trials into the record, and write the page from all that it holds."""
    entries = record.read(RECORD) | {result.target.name: record.entry(ROOT, result) for result in results}
    known_targets = targets(ROOT)
    names = {target.name for target in known_targets}
    record.write(RECORD, {name: each for name, each in entries.items() if name in names})
    page = markdown(*record.current(ROOT, known_targets, entries), known())
    PAGE.write_text(page, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description="Do the tests notice mistakes?")
    parser.add_argument("--target", action="append", help="only this one (may be given several times)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time, 2 unless given")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} mutants of each target, the same in every run")
    return parser


def prove(root: Path, chosen: list[Target], *, jobs: int = 2, sample: int | None = None) -> list[Result]:
    """Try the mutants of these targets (all of them, or `sample` of each) on a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        sandbox = Sandbox(root, Path(folder), jobs)
        seconds = _baseline(sandbox, chosen)
        everything, results = targets(root), []  # one target alone is tried by the tests that try it among all
        for target in chosen:
            limit = SPARE_SECONDS + 5 * sum(seconds[test] for test in target.tests)
            results.append(_prove(root, sandbox, target, everything, limit, sample))
            print(_line(results[-1]), flush=True)
        return results


def _baseline(sandbox: Sandbox, chosen: list[Target]) -> dict[str, float]:
    """Run every test file without a mutant, which must pass; return how long each takes."""
    files = list(dict.fromkeys(test for target in chosen for test in target.tests))
    seconds, counts = {}, {}
    twins = {test for target in chosen if target.twins for test in target.tests}
    for number, verdict in sandbox.run([Job((file,), 600, twins=file in twins) for file in files], caching=True):
        file = files[number]
        if verdict.code not in (0, NO_TESTS):
            raise ProofError(f"{file} fails without a mutant: {verdict.by} {verdict.error} (code {verdict.code})")
        if verdict.code == 0 and not Path(verdict.home).is_relative_to(sandbox.folder):
            raise ProofError(f"{file} was run against {verdict.home}, not against the copy")
        seconds[file], counts[file] = verdict.seconds, verdict.tests
    for target in chosen:
        if not sum(counts[test] for test in target.tests):
            raise ProofError(f"{target.name} has no tests in {', '.join(target.tests)}")
    sandbox.share_byte_code()
    return seconds


def _prove(
    root: Path, sandbox: Sandbox, target: Target, everything: list[Target], seconds: float, sample: int | None
) -> Result:
    all_mutants = mutants((root / target.file).read_text(encoding="utf-8"), target.functions)
    if sample is not None and sample < len(all_mutants):
        picked = random.Random(target.name).sample(range(len(all_mutants)), sample)
        all_mutants = [all_mutants[number] for number in sorted(picked)]
    work = [_job(target, everything, seconds, mutant) for mutant in all_mutants]
    verdicts: dict[int, Verdict] = dict(sandbox.run(work))
    late = [number for number, verdict in verdicts.items() if verdict.way == "time"]
    again = sandbox.run([work[number] for number in late])  # a machine that stood still for a while killed nothing
    verdicts |= {late[number]: verdict for number, verdict in again}
    result = Result(target)
    for number, mutant in enumerate(all_mutants):
        _usable(target, verdicts[number])
        result.ways[verdicts[number].way] += 1
        if verdicts[number].way == "survived":
            result.survivors.append(mutant)
    return result


def _job(target: Target, everything: list[Target], seconds: float, mutant: Mutant) -> Job:
    siblings = tuple(each.name for each in everything if each.kind == target.kind and each.name != target.name)
    return Job(target.tests, seconds, target.name, siblings, target.file, mutant.source, target.twins)


def _usable(target: Target, verdict: Verdict) -> None:
    if verdict.code in UNUSABLE:
        raise ProofError(f"{target.name}: the tests do not run (pytest ended with {verdict.code}): {target.tests}")


def _line(result: Result) -> str:
    return f"{result.target.name:40} {result.killed:4} of {result.total:4} killed"


if __name__ == "__main__":
    sys.exit(main())
