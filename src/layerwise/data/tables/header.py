"""The names of the columns: each column gets one, and one of its own."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.data.tables.words import listed

NAMELESS = "column {number}"


def column_names(header: Sequence[str], width: int, trailing: bool = False) -> tuple[tuple[str, ...], list[str]]:
    """The names for `width` columns, and what had to be done for them.

    header: as the file has it; one name may be missing: that of the row names before all others, or, if the rows end
    with a delimiter (`trailing`), that of the nothing behind it.

    >>> column_names(["a", "b", "a", ""], 4)
    (('a', 'b', 'a (2)', 'column 4'), ["'a' names two columns: the second is called 'a (2)'"])
    """
    header = [" ".join(name.split()) if "\n" in name or "\r" in name else name.strip() for name in header]
    if len(header) < width:
        header = [*header, *[""] * (width - len(header))] if trailing else [*[""] * (width - len(header)), *header]
    taken = {name for name in header if name}
    names: list[str] = []
    notes: list[str] = []
    for number, name in enumerate(header, 1):
        own = name or NAMELESS.format(number=number)
        if own in names or (not name and own in taken):
            base, count = own, 2
            while own in names or own in taken:
                own, count = f"{base} ({count})", count + 1
            notes.append(f"{listed([base])} names two columns: the second is called {listed([own])}")
        names.append(own)
    return tuple(names), notes


def is_nameless(name: str, number: int) -> bool:
    """Whether the name (of the column with this number, from 1) was given here, or by a program that had none."""
    return name in (NAMELESS.format(number=number), f"Unnamed: {number - 1}", f"Unnamed: {number - 1}_level_0")


def numbered(width: int) -> tuple[str, ...]:
    """The names of columns in a file without a header."""
    return tuple(NAMELESS.format(number=number) for number in range(1, width + 1))
