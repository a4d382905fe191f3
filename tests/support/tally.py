"""What the tests have counted: a proof that says how much it proved.

A test that loops over an empty list passes. So the tests count what they check, the run ends with one line of
figures, and a zero in any column fails a run of the whole suite.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

COLUMNS = {
    "gradient checks": 400,  # what is promised; there are some thousands
    "bad input": 1,
    "damaged files": 36_000,  # checkpoints of 18 KB or more, cut at every length, and with every byte changed
    "kills while saving": 500 if hasattr(os, "fork") else 0,  # where a process can not be forked they are skipped
}
"""What is counted, and the least that a run of the whole suite must come to."""
KINDS = ("arrays", "settings", "CSV", "files")
"""Of bad input that was written by hand, each case with a message of its own."""
LEAST_OF_A_KIND = 25
LEAST_OF_ALL = 150
LEAST_NETWORKS = 20


class Tally:
    """Counts by column, and the names of the formulas and whole networks that were checked."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.formulas: set[str] = set()
        self.networks: set[str] = set()
        self.refusals: dict[str, set[str]] = {kind: set() for kind in KINDS}

    def add(self, column: str, n: int = 1) -> None:
        """Count n more in one of the columns."""
        if column not in COLUMNS:
            raise KeyError(f"the tally has the columns {', '.join(COLUMNS)}, not {column!r}")
        self.counts[column] += n

    def refuse(self, kind: str, message: str) -> None:
        """Count a case of bad input that was written by hand; a message that was met before is not counted twice."""
        self.refusals[kind].add(message)
        self.add("bad input")

    def check(self, formula: str, n: int = 1) -> None:
        """Count n gradient checks of a formula of the registry."""
        self.formulas.add(formula)
        self.add("gradient checks", n)

    def whole(self, network: str, n: int) -> None:
        """Count n gradient checks of a whole network of the table."""
        self.networks.add(network)
        self.add("gradient checks", n)

    def dump(self) -> dict[str, Any]:
        """All of it as plain data, which one process can send to another."""
        kinds = {kind: sorted(messages) for kind, messages in self.refusals.items()}
        named = {"formulas": sorted(self.formulas), "networks": sorted(self.networks)}
        return {"counts": dict(self.counts), "refusals": kinds, **named}

    def merge(self, dumped: dict[str, Any]) -> None:
        """Add what another process has counted. A name or a message that both met is one."""
        self.counts.update(dumped["counts"])
        self.formulas.update(dumped["formulas"])
        self.networks.update(dumped["networks"])
        for kind, messages in dumped["refusals"].items():
            self.refusals[kind].update(messages)

    def line(self, registered: set[str]) -> str:
        """The line at the end of the run."""
        return (
            f"proof: {len(registered)} formulas in the registry, {len(self.formulas & registered)} checked, "
            f"{len(self.networks)} whole networks checked, {self.counts['gradient checks']} gradient checks, "
            f"{self.counts['bad input']} cases of bad input tried, "
            f"distinct by hand: {', '.join(f'{kind} {len(found)}' for kind, found in self.refusals.items())}; "
            f"{self.counts['damaged files']} damaged files refused, "
            f"{self.counts['kills while saving']} kills while saving survived"
        )

    def gaps(self, registered: set[str]) -> list[str]:
        """What a run of the whole suite must not leave open."""
        gaps = [f"formula {name} was not checked" for name in sorted(registered - self.formulas)]
        low = {column: least for column, least in COLUMNS.items() if self.counts[column] < least}
        gaps += [f"{column}: {self.counts[column]}, {least} wanted" for column, least in low.items()]
        if len(self.networks) < LEAST_NETWORKS:
            gaps.append(f"{len(self.networks)} whole networks were checked, {LEAST_NETWORKS} wanted")
        few = {kind: len(found) for kind, found in self.refusals.items() if len(found) < LEAST_OF_A_KIND}
        gaps += [f"{count} distinct cases of bad {kind}, {LEAST_OF_A_KIND} wanted" for kind, count in few.items()]
        if (total := sum(map(len, self.refusals.values()))) < LEAST_OF_ALL:
            gaps.append(f"{total} distinct cases of bad input, {LEAST_OF_ALL} wanted")
        return gaps if registered else ["the registry is empty", *gaps]
