"""What the tests have counted: a proof that says how much it proved.

A test that loops over an empty list passes. So the tests count what they check, the run ends with one line of
figures, and a zero in any column fails a run of the whole suite.
"""

from __future__ import annotations

from collections import Counter

COLUMNS = ("gradient checks", "bad input")


class Tally:
    """Counts by column, and the names of the formulas that were checked."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.formulas: set[str] = set()

    def add(self, column: str, n: int = 1) -> None:
        """Count n more in one of the columns."""
        if column not in COLUMNS:
            raise KeyError(f"the tally has the columns {', '.join(COLUMNS)}, not {column!r}")
        self.counts[column] += n

    def check(self, formula: str, n: int = 1) -> None:
        """Count n gradient checks of a formula of the registry."""
        self.formulas.add(formula)
        self.add("gradient checks", n)

    def line(self, registered: set[str]) -> str:
        """The line at the end of the run."""
        return (
            f"proof: {len(registered)} formulas in the registry, {len(self.formulas & registered)} checked, "
            f"{self.counts['gradient checks']} gradient checks, {self.counts['bad input']} cases of bad input tried"
        )

    def gaps(self, registered: set[str]) -> list[str]:
        """What a run of the whole suite must not leave open."""
        gaps = [f"formula {name} was not checked" for name in sorted(registered - self.formulas)]
        gaps += [f"nothing was counted as {column}" for column in COLUMNS if not self.counts[column]]
        return gaps if registered else ["the registry is empty", *gaps]
