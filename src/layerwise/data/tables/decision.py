"""What was decided about one column, and why: an object that messages, `look`, and the run's preparation share."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("number", "category", "exact", "date", "dmy", "mdy")
"""What a user may say a column is. exact: categories whose letters differ in case are kept apart; dmy, mdy: dates with
the day or the month first."""


@dataclass(frozen=True)
class Decision:
    """One column: what it was read as, why, and what becomes of it.

    name: the column. kind: "number", "category", "date", or why it is left out: "index", "constant", "empty", "text",
    "dropped"; "target" for the target. holds: its values in a few words. becomes: what the network gets. note: what
    the user should know of it, or "" where nothing is unusual. word: what decides it otherwise, as the command line
    has it. gaps: rows without a value. rare: the values that come rarely.
    """

    name: str
    kind: str
    holds: str = ""
    becomes: str = ""
    note: str = ""
    word: str = ""
    gaps: int = 0
    rare: str = ""

    @property
    def is_used(self) -> bool:
        """Whether the network learns from it."""
        return self.kind in ("number", "category", "date")

    @property
    def sentence(self) -> str:
        """The note with the word that decides otherwise; "" where there is none."""
        if not self.note:
            return ""
        return f"{self.name}: {self.note}" + (f" ({self.word})" if self.word else "")


def as_kind(name: str, kind: str) -> str:
    """The option that says what a column is.

    >>> as_kind("zip code", "category")
    "--as 'zip code=category'"
    """
    return option("--as", f"{name}={kind}")


def option(name: str, value: str) -> str:
    """An option as it is typed in a shell."""
    import shlex

    return f"{name} {shlex.quote(value)}"
