"""The bench's record as tables that fit 80 columns, with or without colour."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from benchmarks import figures
from benchmarks.check import CHECK_STEPS
from benchmarks.record import Record, Row, Table

if TYPE_CHECKING:
    from rich.console import Console

BUSY = 0.05
"""The share of the machine in other hands above which the report says so."""


def show(record: Record, console: Console | None = None) -> None:
    """Print the tables and what they say. Without a console: standard output, plain when it is a pipe."""
    if console is None:
        from rich.console import Console

        console = Console()
    for table in record.tables:
        console.print(_grid(table))
        for sentence in sentences(table):
            console.print(sentence, highlight=False, markup=False)
        console.print()
    for sentence in circumstances(record):
        console.print(sentence, highlight=False, markup=False, style="dim")


def _grid(table: Table) -> Any:
    best = table.best_peer()
    columns = ["", "median", "middle half", "Layer-\nwise\ntakes", ""]
    rows = [list(cells(table, row, best)) for row in table.rows]
    bold = [number for number, row in enumerate(table.rows) if row.name == "layerwise"]
    return printed(f"{table.workload}  {table.title}", columns, rows, "microseconds a training step", bold)


def printed(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", bold: Sequence[int] = ()
) -> Any:
    """Words as a table for the console: names to the left, figures to the right, a last column without name folded."""
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(
        title=title,
        caption=caption or None,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
    )
    for number, name in enumerate(columns):
        notes = not name and number == len(columns) - 1
        grid.add_column(
            name, justify="right" if name else "left", no_wrap=not notes, overflow="fold" if notes else "ellipsis"
        )
    for number, row in enumerate(rows):
        grid.add_row(*(Text(cell) for cell in row), style="bold" if number in bold else None)
    return grid


def cells(table: Table, row: Row, best: Row | None) -> tuple[str, str, str, str, str]:
    if not row.rounds:
        return row.label, "", "", "", row.problem or ""
    spread, share = figures.spread(row.times), table.against(row)
    note = row.problem or ("best peer" if row is best else "")
    return (
        row.label,
        microseconds(spread.median),
        f"{microseconds(spread.lower)}–{microseconds(spread.upper)}",
        f"{share.paired.median:.2f} ×" if share else "",
        note,
    )


def microseconds(value: float) -> str:
    """Three digits that mean something.

    >>> microseconds(4.5678), microseconds(15.26), microseconds(1234.5)
    ('4.57', '15.3', '1,234')
    """
    return f"{value:.{2 if value < 10 else 1}f}" if value < 100 else f"{value:,.0f}"


def sentences(table: Table) -> list[str]:
    """What the table says: the two ratios that count, and what was checked."""
    said = []
    for row, name in ((table.best_peer(), "the best peer, "), (table.row("products"), "the bare ")):
        share = table.against(row)
        if row and share:
            said.append(
                f"Layerwise takes {share.paired.median:.2f} of the time of {name}{row.label} "
                f"(median of {len(row.rounds)} rounds; middle half {share.paired.lower:.2f} to "
                f"{share.paired.upper:.2f}; ratio of the medians {share.of_medians:.2f})."
            )
    checked = [row for row in table.rows if row.check_losses and row.sound]
    if len(checked) > 1:
        said.append(
            f"Same work: {len(checked)} contenders reached the same losses in {CHECK_STEPS} equal steps, "
            f"the last {checked[0].check_losses[-1]:.4f}."
        )
    return said


def circumstances(record: Record) -> list[str]:
    """Where and how it was measured, and what makes the figures doubtful."""
    machine = record.machine
    rows = [row for table in record.tables for row in table.rows]
    packages = ("layerwise", "numpy", "torch", "jax", "sklearn")
    versions = {name: str(row.about[name]) for row in rows for name in packages if name in row.about}
    said = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}; "
        + ", ".join(f"{name} {versions[name]}" for name in packages if name in versions)
        + f"; float32, {record.rounds} interleaved rounds of {record.seconds:g} s, seed {record.seed}"
        + ("." if record.vary is None else f"; sizes drawn by seed {record.vary}.")
    ]
    shares = [each.others for row in rows for each in row.rounds if each.others is not None]
    if shares and (middle := statistics.median(shares)) > BUSY:
        said.append(
            f"Other programs used {middle:.0%} of the machine during the rounds (median). Threads that wait for each "
            "other stall then for whole time slices: do not trust these figures, measure again on an idle machine."
        )
    if machine["environment"]:
        listed = " ".join(f"{name}={value}" for name, value in machine["environment"].items())
        said.append(f"Set in the environment, and able to slow a contender: {listed}")
    return said
