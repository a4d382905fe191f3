"""What a bench run leaves behind, as data: every round of every contender, and the machine it ran on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import figures
from layerwise.errors import FileError

FORMAT = 1


@dataclass(frozen=True)
class Round:
    """One timed round of one contender. `place` is its turn within the round, from 0."""

    number: int
    place: int
    steps: int
    seconds: float
    microseconds: float
    """A training step."""
    loss: float | None
    """Of the last step."""
    others: float | None = None
    """The share of the machine's cores that other programs used meanwhile; None where the system can not tell."""


@dataclass
class Row:
    """One contender on one workload. A row with a problem has no ratios."""

    name: str
    label: str
    peer: bool
    about: dict[str, Any] = field(default_factory=dict)
    check_losses: list[float] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    problem: str | None = None
    threads: int | None = None
    """The threads it was limited to, if it was."""

    @property
    def times(self) -> list[float]:
        """Microseconds a step, round by round."""
        return [each.microseconds for each in self.rounds]

    @property
    def sound(self) -> bool:
        """Whether the row took part to the end and did the same work as the others."""
        return self.problem is None and bool(self.rounds)


@dataclass(frozen=True)
class Growth:
    """What has grown in a workload, and how many times."""

    axis: str
    factor: int


@dataclass(frozen=True)
class Memory:
    """The bytes that a contender's training needs at its peak, above those `before` it."""

    workload: str
    name: str
    label: str
    bytes: int | None = None
    before: int | None = None
    problem: str | None = None


@dataclass
class Table:
    """All contenders on one workload."""

    workload: str
    title: str
    rows: list[Row] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    grown: list[Growth] = field(default_factory=list)
    """The rows of the growth table that it stands in; the sizes that all axes begin with, in several."""

    def row(self, name: str) -> Row | None:
        """The sound row of this name, if there is one."""
        return next((each for each in self.rows if each.name == name and each.sound), None)

    def best_peer(self) -> Row | None:
        """The library with the smallest median."""
        peers = [each for each in self.rows if each.peer and each.sound]
        return min(peers, key=lambda each: figures.spread(each.times).median, default=None)

    def against(self, row: Row | None) -> figures.Ratio | None:
        """Layerwise's time as a share of this row's."""
        ours = self.row("layerwise")
        if ours is None or row is None or row is ours or not row.sound:
            return None
        return figures.ratio(ours.times, row.times)


@dataclass
class Record:
    """One run of the bench."""

    date: str
    seed: int
    rounds: int
    seconds: float
    machine: dict[str, Any]
    tables: list[Table] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    vary: int | None = None
    """The seed that drew the sizes; None for the declared ones."""

    def as_data(self) -> dict[str, Any]:
        """The record for JSON, with the figures that follow from the rounds beside them."""
        data = {"format": FORMAT, **asdict(self)}
        for table, plain in zip(self.tables, data["tables"], strict=True):
            for row, entry in zip(table.rows, plain["rows"], strict=True):
                entry["microseconds"] = asdict(figures.spread(row.times)) if row.rounds else None
                against = table.against(row)
                entry["layerwise_ratio"] = asdict(against) if against else None
            best = table.best_peer()
            plain["best_peer"] = best.name if best else None
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Record:
        """The record that `as_data` made such data of."""
        known = {name: data[name] for name in ("date", "seed", "rounds", "seconds", "machine", "vary")}
        tables = [_table(plain) for plain in data["tables"]]
        return cls(**known, tables=tables, memory=[Memory(**each) for each in data["memory"]])

    def write(self, path: Path) -> None:
        """Write the record as JSON; folders on the way are made."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.as_data(), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise FileError(f"can not write the bench record {path}: {error.strerror}: choose another --out") from None


def _table(data: dict[str, Any]) -> Table:
    grown = [Growth(**each) for each in data["grown"]]
    return Table(data["workload"], data["title"], [_row(each) for each in data["rows"]], data["sizes"], grown)


def _row(data: dict[str, Any]) -> Row:
    known = {name: data[name] for name in ("name", "label", "peer", "about", "check_losses", "problem", "threads")}
    return Row(**known, rounds=[Round(**each) for each in data["rounds"]])
