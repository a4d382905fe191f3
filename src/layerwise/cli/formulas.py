"""`layerwise formulas`: the formula sheet."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.cli.output import look, say
from layerwise.insight.explain.notation import ascii_of
from layerwise.insight.formula_sheet import entries
from layerwise.report.formula_sheet import entry_lines, index_lines

_MORE = "One with its code and derivative: layerwise formulas NAME"


def formulas(names: list[str]) -> int:
    """Print all formulas in a table, or those that are named with their code."""
    lines = "\n".join(_lines(names))
    say(lines if look().unicode else ascii_of(lines))
    return 0


def _lines(names: list[str]) -> Iterator[str]:
    chosen = entries(names)
    if not names:
        yield from index_lines(chosen, look())
        yield from ("", _MORE)
        return
    for count, entry in enumerate(chosen):
        if count:
            yield ""
        yield from entry_lines(entry, look())
