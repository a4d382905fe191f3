"""`layerwise formulas`: the formula sheet."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise import files
from layerwise.cli.output import look, note, say
from layerwise.insight.explain.notation import ascii_of
from layerwise.insight.formula_sheet import entries
from layerwise.report.formula_page import formula_page
from layerwise.report.formula_sheet import entry_lines, index_lines

_MORE = "One with its code and derivative: layerwise formulas NAME"


def formulas(names: list[str], html: str | None) -> int:
    """Print all formulas in a table, or those that are named with their code; or write the page."""
    if html is not None:
        files.replace(html, [formula_page(entries(names)).encode()])
        note(f"written to {html}")
        return 0
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
