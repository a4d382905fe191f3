"""The decisions about the columns of a table as a table for people, as wide as they have room."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from layerwise.data.tables.decision import Decision
from layerwise.data.tables.words import counted, shorten

_NARROW = 60
_MOST_COLUMNS = 40


def decision_lines(decisions: Sequence[Decision], width: int = 80, most: int = _MOST_COLUMNS) -> list[str]:
    """A line a column: its name, what it is read as, its gaps, its values, and what becomes of it.

    width: of the terminal; below 60 each column takes a line of its own for what becomes of it.

    >>> print(*decision_lines([Decision("area", "number", "10 to 90", "1 feature", gaps=2)]), sep="\\n")
      column  read as   gaps  values    becomes
      area    number       2  10 to 90  1 feature
    """
    shown = decisions[:most]
    rest = [f"  and {counted(len(decisions) - most, 'column')} more"] if len(decisions) > most else []
    if width < _NARROW:
        return [*(line for each in shown for line in _stacked(each, width)), *rest]
    rows = [("column", "read as", "gaps", "values", "becomes"), *map(_cells, shown)]
    name = min(max(len(row[0]) for row in rows), 24)
    becomes = max(len(row[4]) for row in rows)
    becomes = min(becomes, max(9, width - name - 40))
    values = max(6, min(max(len(row[3]) for row in rows), width - name - becomes - 24))
    return [
        f"  {shorten(a, name):<{name}}  {b:<8}  {c:>4}  {shorten(d, values):<{values}}  {shorten(e, becomes)}".rstrip()
        for a, b, c, d, e in rows
    ] + rest


def _cells(decision: Decision) -> tuple[str, str, str, str, str]:
    values = f"{decision.holds} ({decision.rare})" if decision.rare else decision.holds
    return decision.name, decision.kind, f"{decision.gaps:,}" if decision.gaps else "-", values, decision.becomes


def _stacked(decision: Decision, width: int) -> list[str]:
    name, kind, gaps, values, becomes = _cells(decision)
    text = f"{kind}, {becomes}" + (f", gaps {gaps}" if decision.gaps else "") + (f"; {values}" if values else "")
    return [shorten(f"  {name}", width), *textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="    ")]
