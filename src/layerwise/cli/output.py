"""Printing: results to standard output, all else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from layerwise.cli.streams import in_colour, in_unicode
from layerwise.report.text import Look


def say(*lines: str) -> None:
    """Print lines of the result."""
    print(*lines, sep="\n", flush=True)


def say_all(lines: Iterable[str]) -> None:
    """Print many lines."""
    say(*lines)


def note(*lines: str) -> None:
    """Print lines that are not the result: they stay out of pipes."""
    print(*lines, sep="\n", file=sys.stderr, flush=True)


def look() -> Look:
    """How the lines of the result may look here."""
    unicode = in_unicode(sys.stdout)
    if not in_colour(sys.stdout):
        return Look(unicode)
    return Look(unicode, bold=lambda text: f"\x1b[1m{text}\x1b[0m", dim=lambda text: f"\x1b[2m{text}\x1b[0m")
