"""Tables whose right answer is known, and what counts as right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Table = tuple[dict[str, np.ndarray], np.ndarray]
Draw = np.random.Generator


@dataclass(frozen=True)
class Truth:
    """name: in the record. wanted: the right answer, in words. make: the table of a seed. right: whether a result says
    so. full: whether it needs the whole budget, or a verdict on alarms alone that a few seconds give."""

    name: str
    wanted: str
    make: Callable[[Draw], Table]
    right: Callable[[Any], bool]
    full: bool = True


def columns(x: np.ndarray) -> dict[str, np.ndarray]:
    """Columns by name."""
    return {f"x{place}": column for place, column in enumerate(x.T)}


def linear(draw: Draw, rows: int = 500, width: int = 8) -> Table:
    """A weighted sum with a little noise."""
    x = draw.normal(size=(rows, width))
    return columns(x), x @ draw.normal(size=width) + 0.5 * draw.normal(size=rows)


def small(draw: Draw) -> Table:
    """80 rows, and noise twice as large as what can be known."""
    x = draw.normal(size=(80, 6))
    return columns(x), x[:, 0] + 2 * draw.normal(size=80)


def smooth(draw: Draw, rows: int = 20_000, width: int = 10) -> Table:
    """Waves along directions that lie across the columns."""
    x = draw.normal(size=(rows, width))
    directions = draw.normal(size=(width, 5)) / np.sqrt(width)
    return columns(x), np.sin(2 * x @ directions).sum(axis=1) + 0.1 * draw.normal(size=rows)


def stepped(draw: Draw, rows: int = 3000, width: int = 10) -> Table:
    """Steps along single columns, many of them, whose places and heights are drawn."""
    x = draw.uniform(-1, 1, size=(rows, width))
    y = 0.1 * draw.normal(size=rows)
    for place in draw.permutation(width)[:4]:
        heights = draw.normal(size=12)
        y += heights[np.digitize(x[:, place], np.linspace(-1, 1, 13)[1:-1])]
    return columns(x), y


def noise(draw: Draw) -> Table:
    """A target that has nothing to do with the columns."""
    return columns(draw.normal(size=(300, 6))), draw.normal(size=300)


def disguised(draw: Draw) -> Table:
    """One column is a curve of the target."""
    table, y = linear(draw)
    return {**table, "leak": np.exp(y / y.std())}, y


def copied(draw: Draw) -> Table:
    """A third of the rows stand there twice, in any order."""
    table, y = linear(draw, 300)
    rows = draw.permutation(np.r_[0:300, 0:100])
    return {name: column[rows] for name, column in table.items()}, y[rows]


def counted(draw: Draw) -> Table:
    """One column counts the rows."""
    table, y = linear(draw)
    return {**table, "number": np.arange(len(y))}, y


def dated(draw: Draw) -> Table:
    """One column is a day, written as 20240131."""
    table, y = linear(draw)
    days = draw.integers(0, 336, len(y))
    return {**table, "when": 20240101 + 100 * (days // 28) + days % 28}, y


def alarm(code: str) -> Callable[[Any], bool]:
    """Whether the result has this alarm and no other of its kind."""
    return lambda result: code in {each.code for each in result.alarms}


def _simple(result: Any) -> bool:
    return result.verdict in ("traditional", "no practical difference") and result.best == "linear"


TRUTHS = {
    truth.name: truth
    for truth in (
        Truth("linear", "the linear model", linear, _simple),
        Truth("small and noisy", "not the network", small, lambda result: result.best != "network"),
        Truth("smooth", "the network", smooth, lambda result: result.verdict == "network"),
        Truth("stepped", "trees", stepped, lambda result: result.best in ("tree", "forest", "boosting")),
        Truth("noise", "no signal", noise, lambda result: result.verdict == "no signal"),
        Truth("disguise", "the alarm", disguised, alarm("disguise"), full=False),
        Truth("copies", "the alarm", copied, alarm("duplicates"), full=False),
        Truth("index", "the alarm", counted, alarm("index"), full=False),
        Truth("date", "the alarm", dated, alarm("date"), full=False),
    )
}
