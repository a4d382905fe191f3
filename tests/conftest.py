"""The tally of the whole run: counted by the tests, printed at the end, and never allowed to be empty."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from tests.support.tally import Tally

from layerwise.formulas import registry

TALLY = pytest.StashKey[Tally]()
DESELECTED = pytest.StashKey[int]()
GAPS = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """Count here what a test has checked: `tally.add("bad input")`, `tally.check("relu")`."""
    return pytestconfig.stash[TALLY]


def pytest_configure(config: pytest.Config) -> None:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell has it ignored by what it starts in the background
    config.stash[TALLY] = Tally()
    config.stash[DESELECTED] = 0
    config.stash[GAPS] = []


def pytest_deselected(items: list[pytest.Item]) -> None:
    if items:
        items[0].config.stash[DESELECTED] += len(items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    tally = session.config.stash[TALLY]
    if _whole(session) and (gaps := tally.gaps(_registered())):
        session.config.stash[GAPS] = gaps
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.option.collectonly:
        terminalreporter.write_line(config.stash[TALLY].line(_registered()))
    for gap in config.stash[GAPS]:
        terminalreporter.write_line(f"proof: {gap}", red=True)


def _whole(session: pytest.Session) -> bool:
    """Did this run collect all of tests/, leave nothing out, and go to its end?"""
    config, here = session.config, Path(__file__).parent
    roots = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    named = any(root == here or root in here.parents for root in roots)
    options = ("collectonly", "ignore", "ignore_glob", "lf")
    partial = config.stash[DESELECTED] or any(getattr(config.option, option, None) for option in options)
    return bool(named and not partial and not session.shouldstop and not session.shouldfail)


def _registered() -> set[str]:
    return {name for name, entry in registry.items() if entry.function.__module__.startswith("layerwise.")}
