"""The rounds: all contenders of a workload stand ready, and take turns of a fraction of a second."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from layerwise.bench import machine
from layerwise.bench.check import disagreements
from layerwise.bench.contenders import CONTENDERS, Contender
from layerwise.bench.record import Record, Round, Row, Table
from layerwise.bench.workloads import Workload, chosen, declared, varied
from layerwise.checks import one_of, positive, whole_number
from layerwise.errors import SettingError

Say = Callable[[str], None]


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
        The record; `layerwise.bench.show` prints it as tables. A contender that is not installed, fails, or does
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
    names = [one_of("contender", name, CONTENDERS) for name in contenders or CONTENDERS]
    record = begun(rounds, seconds, seed, vary)
    for task in tasks:
        record.tables.append(one_table(task, names, record, say))
        if out is not None:  # after each workload, so that an interrupted run keeps what it has
            record.write(Path(out))
    return record


def begun(rounds: int, seconds: float, seed: int, vary: int | None = None) -> Record:
    """A record of no table yet."""
    rounds, seconds = whole_number("rounds", rounds), positive("seconds", seconds)
    seed, now = whole_number("seed", seed, minimum=0), datetime.now(UTC).isoformat(timespec="seconds")
    return Record(now, seed, rounds, seconds, machine.describe(), vary=vary)


class Worker:
    """One contender's process, and the two ends of its conversation."""

    def __init__(self, contender: Contender, workload: Workload, seed: int, module: str = "worker") -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        sizes = [f"{name}={size}" for name, size in workload.sizes.items()]
        program = [sys.executable, "-m", f"layerwise.bench.{module}"]
        command = [*program, contender.name, workload.name, str(seed), *sizes]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, encoding="utf-8"
        )

    def hear(self) -> dict[str, Any]:
        """The next line of the worker. A worker that has died leaves the last line of its errors as the problem."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            heard: dict[str, Any] = json.loads(line)
            return heard
        status = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return {"problem": f"ended with status {status}: {lines[-1] if lines else 'without a word'}"[:200]}

    def go(self, seconds: float) -> dict[str, Any]:
        """Let it train for so long, and return its figures."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # if it has died, its errors say why
            self.process.stdin.write(f"go {seconds}\n")
            self.process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        """End the process. Its input ends first, which is its own signal to stop."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):  # what was left to send may have no reader any more
                pipe.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def one_table(task: Workload, names: Sequence[str], record: Record, say: Say | None = None) -> Table:
    """Let the contenders of these names take turns on one workload."""
    line = Line(task.name) if say is None else say
    try:
        return _rounds(task, [CONTENDERS[name] for name in names if CONTENDERS[name].takes(task)], record, line)
    finally:
        if isinstance(line, Line):
            line.end()


def _rounds(task: Workload, contenders: list[Contender], record: Record, say: Say) -> Table:
    rows = [Row(each.name, each.label, each.peer) for each in contenders]
    table = Table(task.name, task.title, rows, task.sizes)
    workers = {}
    try:
        for each in contenders:
            # One after the other: a compilation beside another takes longer than both in turn.
            say(f"{each.label} gets ready")
            workers[each.name] = Worker(each, task, record.seed)
            _get_ready(table.rows[len(workers) - 1], workers[each.name])
        for name, problem in disagreements({row.name: row.check_losses for row in table.rows}).items():
            next(row for row in table.rows if row.name == name).problem = problem
        for number in range(1, record.rounds + 1):
            _one_round(table, workers, number, record, say)
    finally:
        for worker in workers.values():
            worker.close()
    return table


def _get_ready(row: Row, worker: Worker) -> None:
    heard = worker.hear()
    row.problem = heard.get("problem")
    row.about = heard.get("about", {})
    row.check_losses = heard.get("losses", [])


def _one_round(table: Table, workers: dict[str, Worker], number: int, record: Record, say: Say) -> None:
    """One turn each. Who comes first changes from round to round, so that nobody always follows the same one."""
    ready = [row for row in table.rows if row.problem is None]
    shift = (number - 1) % max(1, len(ready))
    for place, row in enumerate(ready[shift:] + ready[:shift]):
        say(f"round {number} of {record.rounds}, {row.label}")
        heard = workers[row.name].go(record.seconds)
        if "problem" in heard:
            row.problem = heard["problem"]
        else:
            row.rounds.append(Round(number=number, place=place, **heard))


class Line:
    """Progress on standard error: one line that is written over on a terminal, a line a round elsewhere."""

    def __init__(self, workload: str) -> None:
        self.workload, self.live, self.last = workload, sys.stderr.isatty(), ""

    def __call__(self, text: str) -> None:
        if self.live:
            sys.stderr.write(f"\r\x1b[K{self.workload}: {text}")
        elif text.partition(",")[0] != self.last:
            self.last = text.partition(",")[0]
            sys.stderr.write(f"{self.workload}: {self.last}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line empty."""
        if self.live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
