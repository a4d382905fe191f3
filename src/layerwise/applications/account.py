"""What an application found: the same account for the terminal and for the page."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from layerwise.report.look import PLAIN, Look


@dataclass(frozen=True)
class Score:
    """How good one way of answering is.

    name: of the way. values: one for each seed, or a single one where no seed plays a part. note: what to know of it.
    """

    name: str
    values: tuple[float, ...]
    note: str = ""

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return statistics.fmean(self.values)


@dataclass(frozen=True)
class Table:
    """Scores of one kind.

    metric: what they are, with the unit, and whether less is better. form: how one is written, such as ".2f". scores:
    the network first, then what it has to beat.
    """

    metric: str
    form: str
    scores: tuple[Score, ...]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Each score as name, mean over the seeds, and the range of the seeds or the note."""
        return [(each.name, format(each.mean, self.form), self._beside(each)) for each in self.scores]

    def _beside(self, score: Score) -> str:
        if len(score.values) == 1:
            return score.note
        low, high = (format(end, self.form) for end in (min(score.values), max(score.values)))
        return f"{low} to {high} over {len(score.values)} seeds" + (f"; {score.note}" if score.note else "")


@dataclass(frozen=True)
class Picture:
    """A picture of the report. name: of its file, without an ending. caption: what is to be seen. axes: as drawn."""

    name: str
    caption: str
    axes: Any


@dataclass(frozen=True)
class Film:
    """An animation of the report. name: of its file, without an ending. caption: what is to be seen. content: a GIF."""

    name: str
    caption: str
    content: bytes


@dataclass(frozen=True)
class Account:
    """What an application did and found.

    name: of the application. question: what it asks. facts: title and sentence of the data, the split and so on.
    tables: the scores. findings: what follows from them, in sentences. own: what was made for the learner, lines of
    text. pictures, films: see `Picture` and `Film`. seeds: of the networks. seconds: of the whole run. stopped: whether
    Ctrl-C ended it before its end; it then tells what was found until then.
    """

    name: str
    question: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    findings: tuple[str, ...]
    own: tuple[str, ...]
    seeds: tuple[int, ...]
    seconds: float
    pictures: tuple[Picture, ...] = field(default=(), repr=False)
    films: tuple[Film, ...] = field(default=(), repr=False)
    stopped: bool = False

    @property
    def titled(self) -> list[tuple[str, str]]:
        """The facts, and what every account states: seeds and time."""
        seeds = ", ".join(map(str, self.seeds))
        return [*self.facts, ("seeds", seeds), ("time", f"{self.seconds:.0f} s on this machine")]

    def lines(self, look: Look = PLAIN) -> list[str]:
        """The account for a terminal."""
        told = [*look.wrapped(self.question, first=""), ""]
        for title, sentence in self.titled:
            told += look.wrapped(sentence, " " * 12, first=f"  {title:<10}")
        for table in self.tables:
            told += ["", *look.wrapped(table.metric), *look.table(table.rows, right=[1])]
        told.append("")
        for sentence in self.findings:
            told += look.wrapped(sentence, "  ")
        return [*told, "", look.bold("for you"), *(line for text in self.own for line in _folded(look, text))]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _folded(look: Look, text: str) -> list[str]:
    """A line as it is where it fits, so that columns stay; else wrapped."""
    return [f"  {text}"] if len(text) + 2 <= look.width else look.wrapped(text, "    ", first="  ")
