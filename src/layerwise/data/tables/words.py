"""Names and cells of a user's table, as messages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from layerwise.errors import nearest

Place: TypeAlias = Callable[[int], str]
"""Says where a row (counted from 0) stands, in the words of the user's file."""


def row_place(row: int) -> str:
    """The place of a row that comes from no file."""
    return f"row {row + 1:,}"


def shown(value: object, width: int = 60) -> str:
    """A value as it is written in Python, cut so that a message stays readable."""
    return shorten(repr(value[: width + 1] if isinstance(value, str) else value), width)


def suggestion(name: object, known: Iterable[str]) -> str:
    """The nearest known name, or the start of the list of all."""
    return shorten(nearest(shown(name), known), 300)


def shorten(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= width else text[: width - 1] + "…"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first of some names, and how many more there are.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ("'a', 'b'", "'a', 'b', 'c' and 2 more")
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name, 40) for name in names[:most]) + more


def counted(count: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {noun}{'s'[: count != 1]}"
