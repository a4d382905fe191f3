"""The rounds: all contenders of a workload stand ready, and take turns of a fraction of a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.check import disagreements
from benchmarks.contenders import Contender
from benchmarks.process import Worker
from benchmarks.record import Record, Round, Row, Table
from benchmarks.workloads import Workload

Say = Callable[[str], None]


@dataclass(frozen=True)
class Entrant:
    """A contender, and the threads it may use; None leaves them to the contender."""

    contender: Contender
    threads: int | None = None

    def row(self) -> Row:
        """Its row of the table, empty yet."""
        return Row(self.contender.name, self.contender.label, self.contender.peer, threads=self.threads)


def take_turns(task: Workload, entrants: Sequence[Entrant], record: Record, say: Say | None = None) -> Table:
    """Time one workload: each entrant in a process of its own, in rounds of the record's number and length."""
    line = Line(task.name) if say is None else say
    able = [each for each in entrants if each.contender.takes(task)]
    table = Table(task.name, task.title, [each.row() for each in able], task.sizes)
    workers: list[Worker] = []
    try:
        for entrant, row in zip(able, table.rows, strict=True):
            # One after the other: a compilation beside another takes longer than both in turn.
            line(f"{row.label} gets ready")
            workers.append(Worker(entrant.contender, task, record.seed, entrant.threads))
            _get_ready(row, workers[-1])
        for place, problem in disagreements({str(i): row.check_losses for i, row in enumerate(table.rows)}).items():
            table.rows[int(place)].problem = problem
        for number in range(1, record.rounds + 1):
            _one_round(list(zip(table.rows, workers, strict=True)), number, record, line)
    finally:
        for worker in workers:
            worker.close()
        if isinstance(line, Line):
            line.end()
    return table


def _get_ready(row: Row, worker: Worker) -> None:
    heard = worker.hear()
    row.problem = heard.get("problem")
    row.about = heard.get("about", {})
    row.check_losses = heard.get("losses", [])


def _one_round(entered: list[tuple[Row, Worker]], number: int, record: Record, say: Say) -> None:
    """One turn each. Who comes first changes from round to round, so that nobody always follows the same one."""
    ready = [(row, worker) for row, worker in entered if row.problem is None]
    shift = (number - 1) % max(1, len(ready))
    for place, (row, worker) in enumerate(ready[shift:] + ready[:shift]):
        say(f"round {number} of {record.rounds}, {row.label}")
        heard = worker.go(record.seconds)
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
