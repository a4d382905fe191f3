"""Printing: results to standard output, all else to standard error."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from layerwise.cli.streams import in_colour, in_unicode
from layerwise.report.look import Look

_WIDEST, _NARROWEST = 80, 20
PATIENCE = 3.0
"""Seconds after which a silence is explained."""


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
    """How lines may look here. A pipe is 80 columns wide, unless COLUMNS says otherwise."""
    width = min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size().columns))
    return Look(in_unicode(sys.stdout), in_colour(sys.stdout), width)


@contextmanager
def announced(what: str, wanted: bool = True) -> Iterator[None]:
    """Say what takes so long, if the body takes more than three seconds. wanted: False says nothing."""
    timer = threading.Timer(PATIENCE, lambda: note(*look().wrapped(f"{what} ...", "  ", "")))
    timer.daemon = True
    if wanted:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
