"""One run of the bench: the workloads one after the other, each contender in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path

from benchmarks import machine
from benchmarks.contenders import CONTENDERS
from benchmarks.record import Record
from benchmarks.turns import Entrant, Say, take_turns
from benchmarks.workloads import chosen, declared, varied
from layerwise.checks import one_of, positive, whole_number
from layerwise.errors import SettingError


def run_bench(
    workloads: Sequence[str] = (),
    rounds: int = 15,
    seconds: float = 0.4,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    contenders: Sequence[str] = (),
    say: Say | None = None,
    vary: int | None = None,
) -> Record:
    """Time a training step of Layerwise against its peers.

    Args:
        workloads: names such as "W1"; none means all.
        rounds: how many times each contender takes its turn.
        seconds: the length of a turn.
        out: the file that the record is written to, as JSON; None writes none.
        seed: of the initial weights and the data.
        contenders: names from `contenders.CONTENDERS`; none means all.
        say: told at each round where the run is; by default a line on standard error.
        vary: a seed that draws every size anew, within 30 % of the declared one, odd ones included: ratios that
            change much show a program that is made for the declared sizes. None keeps these.

    Returns:
        The record; `benchmarks.show` prints it as tables. A contender that is not installed, fails, or does
        other work than the rest has a row that says so, and the others go on. One that is known to lack a layer of
        the workload has no row.

    Raises:
        SettingError: for an unknown workload or contender.

    >>> record = run_bench(["W1"], rounds=2, seconds=0.01, contenders=["products"], say=lambda line: None)
    >>> [(row.label, len(row.rounds), row.problem) for row in record.tables[0].rows]
    [('matrix products', 2, None)]
    """
    if isinstance(workloads, str) or isinstance(contenders, str):
        raise SettingError("workloads and contenders are lists of names, such as ['W1']")
    tasks = [declared(name) if vary is None else varied(name, vary) for name in chosen(workloads)]
    entrants = [Entrant(CONTENDERS[one_of("contender", name, CONTENDERS)]) for name in contenders or CONTENDERS]
    record = begun(rounds, seconds, seed, vary)
    for task in tasks:
        record.tables.append(take_turns(task, entrants, record, say))
        if out is not None:  # after each workload, so that an interrupted run keeps what it has
            record.write(Path(out))
    return record


def begun(rounds: int, seconds: float, seed: int, vary: int | None = None) -> Record:
    """A record of no table yet."""
    rounds, seconds = whole_number("rounds", rounds), positive("seconds", seconds)
    seed, now = whole_number("seed", seed, minimum=0), datetime.now(UTC).isoformat(timespec="seconds")
    return Record(now, seed, rounds, seconds, machine.describe(), vary=vary)
