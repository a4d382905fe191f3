"""`layerwise look`: what every column of a table is read as."""

from __future__ import annotations

import shutil
import textwrap

from layerwise.cli.output import say
from layerwise.data import inspect_table
from layerwise.data.tables.look import decision_lines
from layerwise.training.changes import Changes
from layerwise.wording import printable

_WIDEST = 100


def look(file: str, target: str | None, choices: Changes) -> int:
    """Print a table of the columns and all that is to be said of them, as wide as the terminal."""
    found = inspect_table(file, target, **choices.reading)
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    size = f"{found.rows:,} rows, {len(found.decisions):,} columns"
    lines = [f"{found.label}: {size}", "", *decision_lines(found.decisions, width, most=len(found.decisions))]
    if found.notes:
        lines += ["", "what to know:"]
    for sentence in found.notes:
        lines += textwrap.wrap(sentence, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    say(*(printable(line, _WIDEST) for line in lines))
    return 0
