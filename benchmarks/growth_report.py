"""The growth of cost, one thread against two, and memory: as rows of words, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import figures
from benchmarks.record import Record, Row, Table
from benchmarks.report import circumstances, microseconds, printed

if TYPE_CHECKING:
    from rich.console import Console

CONTENDERS = ("layerwise", "torch_eager")
MEGABYTE = 1024 * 1024


@dataclass
class Words:
    """A table of words: a heading, the names of the columns, and rows, of which empty ones part groups."""

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)


def show_growth(record: Record, console: Console | None = None) -> None:
    """Print the tables that `run_growth` has filled. Without a console: standard output, plain when it is a pipe."""
    if console is None:
        from rich.console import Console

        console = Console()
    for words in tables(record):
        console.print(printed(words.title, words.columns, words.rows))
        console.print()
    for problem in problems(record):
        console.print(problem, highlight=False, markup=False)
    for sentence in circumstances(record):
        console.print(sentence, highlight=False, markup=False, style="dim")


def tables(record: Record) -> list[Words]:
    """What there is to say, in tables; one without rows is left out."""
    return [words for words in (growth(record), threads(record), memory(record)) if words.rows]


def growth(record: Record) -> Words:
    """The cost of one sample, as one size after the other is multiplied."""
    factors = sorted({each.factor for table in record.tables for each in table.grown})
    words = Words("Microseconds a sample, as one size grows", ["", "", *(f"{factor} ×" for factor in factors)])
    for workload, axis in _axes(record):
        found = {
            each.factor: table
            for table in record.tables
            for each in table.grown
            if (table.workload, each.axis) == (workload, axis)
        }
        sizes = _grown_sizes(found)
        for number, name in enumerate(CONTENDERS):
            costs = [_a_sample(found.get(factor), name) for factor in factors]
            words.rows.append([f"{workload} {axis}" if not number else sizes, _label(record, name), *costs])
        words.rows.append(["", "Layerwise takes", *(_share(found.get(factor)) for factor in factors)])
    return words


def _axes(record: Record) -> dict[tuple[str, str], None]:
    """Workload and axis of each group, in the order of the run."""
    return {(table.workload, each.axis): None for table in record.tables for each in table.grown}


def _grown_sizes(found: dict[int, Table]) -> str:
    """What the sizes are from the first to the last: "128 to 1,024"."""
    first, last = found[min(found)].sizes, found[max(found)].sizes
    grown = [size for size in last if first.get(size) != last[size]]
    return ", ".join(f"{first[size]:,} to {last[size]:,}" for size in grown)


def _a_sample(table: Table | None, name: str) -> str:
    row = table.row(name) if table else None
    return microseconds(figures.spread(row.times).median / table.sizes["batch"]) if table and row else ""


def _share(table: Table | None) -> str:
    against = table.against(table.row("torch_eager")) if table else None
    return f"{against.paired.median:.2f} ×" if against else ""


def _label(record: Record, name: str) -> str:
    return next((row.label for table in record.tables for row in table.rows if row.name == name), name)


def threads(record: Record) -> Words:
    """A training step with one thread and with more, in the same rounds."""
    limited = [table for table in record.tables if any(row.threads for row in table.rows)]
    counts = sorted({row.threads for table in limited for row in table.rows if row.threads})
    names = ["1 thread" if count == 1 else f"{count} threads" for count in counts]
    words = Words("Microseconds a step, one thread against more", ["", "", *names, "share"])
    for table in limited:
        for number, name in enumerate(CONTENDERS):
            rows = [_limited(table, name, count) for count in counts]
            times = [microseconds(figures.spread(row.times).median) if row else "" for row in rows]
            words.rows.append([table.workload if not number else "", _label(record, name), *times, _gain(rows)])
    return words


def _limited(table: Table, name: str, count: int) -> Row | None:
    return next((row for row in table.rows if (row.name, row.threads) == (name, count) and row.sound), None)


def _gain(rows: list[Row | None]) -> str:
    """The time with the most threads as a share of that with one."""
    one, most = rows[0], rows[-1]
    return f"{figures.ratio(most.times, one.times).paired.median:.2f} ×" if one and most and one is not most else ""


def memory(record: Record) -> Words:
    """What a training needs at its peak, above libraries, compiled code and data."""
    words = Words("Peak memory of a training, megabytes", ["", "Layerwise", "PyTorch eager", "Layerwise takes"])
    for workload in dict.fromkeys(each.workload for each in record.memory):
        found = {each.name: each.bytes for each in record.memory if each.workload == workload}
        ours, theirs = (found.get(name) for name in CONTENDERS)
        share = f"{ours / theirs:.2f} ×" if ours is not None and theirs else ""
        words.rows.append(
            [workload, *("" if each is None else f"{each / MEGABYTE:.1f}" for each in (ours, theirs)), share]
        )
    return words


def problems(record: Record) -> Iterator[str]:
    """What is missing in the tables, and why: one sentence for each thing that went wrong."""
    said = [
        f"{table.workload}, {row.label}: {row.problem}" for table in record.tables for row in table.rows if row.problem
    ]
    said += [f"{each.workload}, memory of {each.label}: {each.problem}" for each in record.memory if each.problem]
    yield from dict.fromkeys(said)
