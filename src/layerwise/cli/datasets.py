"""`layerwise datasets`: what there is to learn from."""

from __future__ import annotations

import textwrap

from layerwise.cli.output import look, say
from layerwise.data import Card, names

_WIDTHS = (13, 7, 8, 7)
_WHAT = 80 - sum(_WIDTHS) - 2 * len(_WIDTHS)


def datasets() -> int:
    """Print the table of the datasets."""
    cards = names()
    say(look().bold(_line("name", "samples", "features", "classes", "what it is")))
    for card in cards:
        say(*_lines(card))
    say("", *_footer(cards))
    return 0


def _lines(card: Card) -> list[str]:
    what = card.description if card.offline else f"{card.description} (download)"
    whole = what.replace(" x ", "\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}")  # 8 x 8 stays on one line
    first, *rest = (line.replace("\N{NO-BREAK SPACE}", " ") for line in textwrap.wrap(whole, _WHAT))
    classes = str(card.classes) if card.classes else "number"
    indent = " " * (80 - _WHAT)
    own = _line(card.name, f"{card.samples:,}", f"{card.features:,}", classes, first)
    return [own, *(indent + line for line in rest)]


def _line(name: str, samples: str, features: str, classes: str, what: str) -> str:
    a, b, c, d = _WIDTHS
    return f"{name:<{a}}  {samples:>{b}}  {features:>{c}}  {classes:>{d}}  {what}"


def _footer(cards: list[Card]) -> list[str]:
    away = [card.name for card in cards if not card.offline]
    if not away:
        here = "All of them are on this machine: no network is needed."
    else:
        here = "Those marked (download) are fetched once; all others need no network."
    return [here, "Train on one: layerwise train digits", "Or on a table: layerwise train my.csv --target COLUMN"]
