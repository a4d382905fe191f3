"""`layerwise datasets`: what there is to learn from."""

from __future__ import annotations

from layerwise.cli.output import look, say
from layerwise.data import Card, names

_NARROW = 46
"""Columns below which the figures make room for the names."""
_EXAMPLES = ["Train on one: layerwise train digits", "Or on a table: layerwise train my.csv --target COLUMN"]


def datasets() -> int:
    """Print the table of the datasets."""
    cards, here = names(), look()
    head = [here.bold(name) for name in ("name", "samples", "features", "classes", "what it is")]
    rows = [head, *map(_row, cards)]
    if here.width < _NARROW:
        table = here.table([[row[0], row[-1]] for row in rows])
    else:
        table = here.table(rows, right=[1, 2, 3])
    say(*(line.removeprefix("  ") for line in table), "", *here.wrapped(_where(cards)), *_EXAMPLES)
    return 0


def _row(card: Card) -> list[str]:
    what = card.description if card.offline else f"{card.description} (download)"
    whole = what.replace(" x ", "\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}")  # 8 x 8 stays on one line
    return [card.name, f"{card.samples:,}", f"{card.features:,}", str(card.classes or "number"), whole]


def _where(cards: list[Card]) -> str:
    if all(card.offline for card in cards):
        return "All of them are on this machine: no network is needed."
    return "Those marked (download) are fetched once; all others need no network."
