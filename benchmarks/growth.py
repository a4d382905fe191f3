"""How the cost grows: one size of a workload doubled again and again, one thread against two, and memory.

Only Layerwise and PyTorch in eager mode take part: one shape after the other would be compiled anew by the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from benchmarks import machine
from benchmarks.contenders import CONTENDERS
from benchmarks.process import Worker
from benchmarks.record import Growth, Memory, Record
from benchmarks.run import begun
from benchmarks.turns import Entrant, Line, Say, take_turns
from benchmarks.workloads import Workload, chosen, declared, sizes_of

FACTORS = (1, 2, 4, 8)
PAIR = ("layerwise", "torch_eager")
THREADS = (1, 2)
SAMPLES = 8192
"""Of the smallest dataset; every factor doubles it."""


@dataclass(frozen=True)
class Axis:
    """What grows in a workload: one size of its declaration, or several at once."""

    workload: str
    name: str
    sizes: tuple[str, ...]

    def at(self, factor: int) -> Workload:
        """The workload with these sizes multiplied.

        >>> Axis("W2", "width", ("first", "second")).at(2).title
        'MLP: 784-256-128-10 ReLU, batch 128, Adam'
        """
        whole = sizes_of(self.workload) | {"samples": SAMPLES}
        return declared(self.workload, **{size: factor * whole[size] for size in self.sizes})


AXES = (
    Axis("W1", "batch", ("batch",)),
    Axis("W1", "width", ("first", "second")),
    Axis("W2", "batch", ("batch",)),
    Axis("W2", "width", ("first", "second")),
    Axis("W2", "depth", ("depth",)),
    Axis("W2", "samples", ("samples",)),
    Axis("W3", "batch", ("batch",)),
    Axis("W3", "width", ("first", "second")),
    Axis("W3", "depth", ("depth",)),
    Axis("W3", "image side", ("side",)),
    Axis("W4", "batch", ("batch",)),
    Axis("W4", "width", ("hidden",)),
    Axis("W4", "depth", ("depth",)),
    Axis("W4", "length", ("length",)),
    Axis("W5", "batch", ("batch",)),
    Axis("W5", "width", ("head", "inner")),
    Axis("W5", "depth", ("blocks",)),
    Axis("W5", "length", ("length",)),
)


def run_growth(
    workloads: Sequence[str] = (),
    rounds: int = 5,
    seconds: float = 0.2,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    say: Say | None = None,
) -> Record:
    """Time Layerwise and PyTorch as the sizes of the workloads grow, with one thread and two, and weigh their memory.

    The arguments are those of `run_bench`. Tables of the record say what has grown, or have rows of limited threads;
    `record.memory` holds what a training needs at its peak.
    """
    names = chosen(workloads)
    record = begun(rounds, seconds, seed)
    for name in names:
        _grow(name, record, say)
        entrants = [Entrant(CONTENDERS[each], threads) for each in PAIR for threads in THREADS[: machine.cores()]]
        record.tables.append(take_turns(declared(name), entrants, record, say))
        if name != "W1":  # whose arrays are too small to be seen
            record.memory += [weigh(each, declared(name), seed, say) for each in PAIR]
        if out is not None:
            record.write(Path(out))
    return record


def _grow(name: str, record: Record, say: Say | None) -> None:
    """All axes of one workload. What several of them begin with is measured once."""
    entrants = [Entrant(CONTENDERS[each]) for each in PAIR]
    for axis in AXES:
        if axis.workload != name:
            continue
        for factor in FACTORS:
            task = axis.at(factor)
            table = next((each for each in record.tables if each.workload == name and each.sizes == task.sizes), None)
            if table is None:
                table = take_turns(task, entrants, record, say)
                record.tables.append(table)
            table.grown.append(Growth(axis.name, factor))


def weigh(contender: str, workload: Workload, seed: int, say: Say | None = None) -> Memory:
    """The memory that a training needs at its peak, measured in a process of its own."""
    line = Line(workload.name) if say is None else say
    line(f"memory of {CONTENDERS[contender].label}")
    worker = Worker(CONTENDERS[contender], workload, seed, module="memory")
    try:
        heard = worker.hear()
    finally:
        worker.close()
        if isinstance(line, Line):
            line.end()
    return Memory(workload.name, contender, CONTENDERS[contender].label, **heard)
