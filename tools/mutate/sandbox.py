"""Running the tests of a target against a mutant: in a copy of the project, in a forked process that is already warm.

The parent imports NumPy and pytest once, and never the library; each child it forks puts the copy first on its path,
imports the library from there, runs the tests until the first failure, and is gone. A test run costs what its tests
cost, without the seconds of starting Python.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

WARM = ("numpy.testing", "numpy.random", "safetensors.numpy", "doctest", "difflib", "unittest", "tomllib")
OUR_OWN = ("layerwise", "tests", "conftest")
NO_TESTS = 5  # pytest's code
LEFT_OUT = "not trap_for_time"
"""Tests of how long something takes: on a busy machine they fail without a mistake, which would be taken for a kill."""


@dataclass(frozen=True)
class Verdict:
    """How a test run ended. code: pytest's, or -1 for a run that was stopped, or -2 for one that died.

    by, error: the first test that failed, and the exception. tests: how many were to run. seconds: how long it took.
    home: the folder that the library was imported from.
    """

    code: int
    by: str = ""
    error: str = ""
    tests: int = 0
    seconds: float = 0.0
    home: str = ""

    @property
    def way(self) -> str:
        """survived; or killed by a wrong number, by an exception, or by the clock."""
        if self.code == 0:
            return "survived"
        if self.code == -1:
            return "time"
        wrong_number = self.error in ("AssertionError", "DocTestFailure", "MultipleDoctestFailures", "Failed")
        return "number" if wrong_number else "exception"


class Witness:
    """A pytest plugin: keeps the tests that concern a target, its own first, and notes the first failure."""

    def __init__(self, name: str, siblings: tuple[str, ...]) -> None:
        self.name, self.siblings = name, siblings
        self.by = self.error = ""
        self.tests = 0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """A test with the parameter [tanh-3] says nothing about relu."""
        kept = [item for item in items if not self._foreign(item.name)]
        if self.name:
            kept.sort(key=lambda item: self.name.lower() not in item.nodeid.lower())
        items[:] = kept
        self.tests += len(kept)

    def _foreign(self, test: str) -> bool:
        words = test.partition("[")[2].rstrip("]").split("-")
        return self.name not in words and any(sibling in words for sibling in self.siblings)

    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        if not self.by:
            self.by, self.error = node.nodeid, call.excinfo.type.__name__


@dataclass(frozen=True)
class Job:
    """One run of tests, in files that are run one after the other until one of them fails.

    seconds: how long it may take. target: whose tests come first; siblings: other targets, whose tests are left out.
    file, source: the file that is mutated, and what it says then. twins: whether compiled twins may be used.
    """

    tests: tuple[str, ...]
    seconds: float
    target: str = ""
    siblings: tuple[str, ...] = ()
    file: str = ""
    source: str = ""
    twins: bool = False


class Sandbox:
    """A few copies of a project, each with one child process at a time."""

    def __init__(self, root: Path, folder: Path, copies: int) -> None:
        _warm_up()
        self.folder = folder
        self.slots = [folder / str(number) for number in range(copies)]
        for slot in self.slots:
            slot.mkdir(parents=True)
            shutil.copy2(root / "pyproject.toml", slot)
            for part in ("src", "tests"):
                shutil.copytree(root / part, slot / part, ignore=shutil.ignore_patterns("__pycache__"))

    def share_byte_code(self) -> None:
        """Give every slot what the others have compiled: sources and their dates are the same in all of them."""
        for one in self.slots:
            for compiled in one.rglob("*.pyc"):
                for other in self.slots:
                    copy = other / compiled.relative_to(one)
                    if not copy.exists():
                        copy.parent.mkdir(exist_ok=True)
                        shutil.copy2(compiled, copy)

    def run(self, jobs: list[Job], *, caching: bool = False) -> Iterator[tuple[int, Verdict]]:
        """Run all jobs, and yield (number of the job, verdict) as they end.

        caching: let the children write byte code beside the sources of their slot (never with a mutant in it).
        """
        waiting = list(enumerate(jobs))[::-1]
        free, busy = list(self.slots), dict[int, _Child]()
        try:
            while waiting or busy:
                while waiting and free:
                    number, job = waiting.pop()
                    busy[number] = _Child(job, free.pop(), caching)
                wait([child.process.sentinel for child in busy.values()], timeout=_soonest(busy))
                for number, child in list(busy.items()):
                    if child.ended():
                        del busy[number]
                        free.append(child.slot)
                        yield number, child.verdict()
        finally:
            for child in busy.values():
                child.process.kill()


class _Child:
    """A forked process that runs one job in one slot."""

    def __init__(self, job: Job, slot: Path, caching: bool) -> None:
        self.job, self.slot = job, slot
        self.file = slot / job.file if job.file else None
        if self.file is not None:
            self.original, stat = self.file.read_bytes(), self.file.stat()
            self.times = (stat.st_atime, stat.st_mtime)
            write_mutant(self.file, job.source)
        self.result = slot / "verdict.json"
        self.result.unlink(missing_ok=True)
        self.process = multiprocessing.get_context("fork").Process(target=_child, args=(job, slot, caching))
        self.process.start()
        self.deadline = time.monotonic() + job.seconds

    def ended(self) -> bool:
        self.late = self.process.is_alive() and time.monotonic() > self.deadline
        if self.late:
            self.process.kill()
        return self.late or not self.process.is_alive()

    def verdict(self) -> Verdict:
        """Put the original file back, and say how it went."""
        self.process.join()
        if self.file is not None:
            self.file.write_bytes(self.original)
            os.utime(self.file, self.times)
        if self.late:
            return Verdict(-1)
        if not self.result.exists():
            return Verdict(-2, error=f"the process ended with {self.process.exitcode}")
        return Verdict(**json.loads(self.result.read_text()))


def write_mutant(file: Path, source: str) -> None:
    """Write it, and date it later than the original.

    Python takes byte code for fresh if the source has the size, and in whole seconds the date, that it was compiled
    from: `x < 5` in place of `x > 5`, written within the same second, would run as the original, and survive.
    """
    original = file.stat()
    file.write_text(source, encoding="utf-8")
    os.utime(file, (original.st_atime, original.st_mtime + 10))


def _soonest(busy: dict[int, _Child]) -> float:
    return max(0.0, min(child.deadline for child in busy.values()) - time.monotonic())


def _warm_up() -> None:
    """Import what every test run needs, in the process that the others are forked from."""
    import pytest

    for name in WARM:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        pytest.main(["--version"])


def _child(job: Job, slot: Path, caching: bool) -> None:
    """Runs in the child: from here on, `layerwise` is the copy in the slot."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.chdir(slot)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore Ctrl-C
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    sys.dont_write_bytecode = not caching
    sys.path[:0] = [str(slot / "src"), str(slot)]
    if not job.twins:
        sys.modules["numba"] = None  # no twin may compute in the place of a mutated formula
    for name in [name for name in sys.modules if name.partition(".")[0] in OUR_OWN]:
        del sys.modules[name]
    importlib.invalidate_caches()
    gc.freeze()  # what the parent imported is not searched for garbage again
    with contextlib.suppress(Exception):  # a mutant may not even import; the tests find that out as well
        # Before pytest meets the file as a doctest and makes a second module of it.
        importlib.import_module(_module(job.tests[0]) if job.tests[0].startswith("src/") else "layerwise")
    import pytest

    begin = time.monotonic()
    witness = Witness(job.target, job.siblings)
    alone = ["-o", "addopts=--import-mode=importlib --doctest-modules"]  # this process, not several; slow tests as well
    options = [*alone, "-x", "-q", "-p", "no:cacheprovider", "--tb=no", "-m", "not torch", "-k", LEFT_OUT]
    code = NO_TESTS
    for file in job.tests:  # one after the other: most mutants are dead before the last file is even read
        ended = int(pytest.main([*options, file], plugins=[witness]))
        code = code if ended == NO_TESTS else ended
        if code not in (0, NO_TESTS):
            break
    home = getattr(sys.modules.get("layerwise"), "__file__", None) or ""
    verdict = Verdict(code, witness.by, witness.error, witness.tests, time.monotonic() - begin, home)
    (slot / "verdict.json").write_text(json.dumps(asdict(verdict)))


def _module(path: str) -> str:
    """`layerwise.losses` for src/layerwise/losses.py."""
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
