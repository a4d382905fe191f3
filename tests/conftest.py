"""The run of the tests: how many processes share it, and the tally of all of them, which must never be empty."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.support.tally import Tally

from layerwise.formulas import registry

TALLY = pytest.StashKey[Tally]()
LEFT_OUT = pytest.StashKey[int]()
GAPS = pytest.StashKey[list[str]]()
MOST_PROCESSES = 4  # each holds up to 1.5 GB


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """Count here what a test has checked: `tally.add("bad input")`, `tally.check("relu")`."""
    return pytestconfig.stash[TALLY]


def pytest_configure(config: pytest.Config) -> None:
    # A shell has Ctrl-C ignored by what it starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[TALLY] = Tally()
    config.stash[LEFT_OUT] = 0
    config.stash[GAPS] = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process a core; none but this one for a file or two, which it has done before others would have started."""
    if all(path.is_file() for path in _named(config)):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:  # what is slow is left out of a whole run, by the options of pyproject.toml
        item.config.stash[LEFT_OUT] += item.get_closest_marker("slow") is None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of several processes has ended: what it counted joins the tally of the run. One that died says nothing."""
    if counted := getattr(node, "workeroutput", {}).get("counted"):
        node.config.stash[TALLY].merge(counted["tally"])
        node.config.stash[LEFT_OUT] += counted["left out"]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["counted"] = {"tally": config.stash[TALLY].dump(), "left out": config.stash[LEFT_OUT]}
    elif session.exitstatus == pytest.ExitCode.OK and _whole(session):
        config.stash[GAPS] = config.stash[TALLY].gaps(_registered())
        if config.stash[GAPS]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.option.collectonly:
        terminalreporter.write_line(config.stash[TALLY].line(_registered()))
    for gap in config.stash[GAPS]:
        terminalreporter.write_line(f"proof: {gap}", red=True)


def _whole(session: pytest.Session) -> bool:
    """Did this run collect all of tests/, and leave out nothing but what is slow?"""
    config, here = session.config, Path(__file__).parent
    named = any(path == here or path in here.parents for path in _named(config))
    options = ("collectonly", "ignore", "ignore_glob", "lf")
    partial = config.stash[LEFT_OUT] or any(getattr(config.option, option, None) for option in options)
    return bool(named and not partial)


def _named(config: pytest.Config) -> list[Path]:
    """The files and folders that a run was asked to collect."""
    return [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]


def _registered() -> set[str]:
    return {name for name, entry in registry.items() if entry.function.__module__.startswith("layerwise.")}
