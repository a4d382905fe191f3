"""What counts as the right answer to each generated table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.compare_studies import tables
from tools.compare_studies.tables import Draw, Table

TREES = ("tree", "forest", "boosting")


@dataclass(frozen=True)
class Truth:
    """name: in the record. wanted: the right answer, in words. make: the table of a seed. right: whether a result says
    so. full: whether all models compete, or a linear model and a tree alone, which an alarm does not depend on."""

    name: str
    wanted: str
    make: Callable[[Draw], Table]
    right: Callable[[Any], bool]
    full: bool = True


def alarm(code: str) -> Callable[[Any], bool]:
    """Whether the result has this alarm and no other."""
    return lambda result: {each.code for each in result.alarms} == {code}


def quietly(right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether it is right, and raises no alarm, since there is no leak."""
    return lambda result: right(result) and not result.alarms


def _a_line(result: Any) -> bool:
    return result.verdict in ("traditional", "no practical difference") and result.best == "linear"


def _trees(result: Any) -> bool:
    return result.verdict == "traditional" and result.best in TREES


def _not_the_network(result: Any) -> bool:
    return result.verdict != "network"


def _the_network(result: Any) -> bool:
    return result.verdict == "network"


def _equal(result: Any) -> bool:
    """Shown to be equal, and not only not shown to differ."""
    return result.verdict == "no practical difference" and result.judgement.sure >= 0.9


def _no_signal(result: Any) -> bool:
    return result.verdict == "no signal"


TRUTHS = {
    truth.name: truth
    for truth in (
        Truth("linear", "the linear model", tables.linear, quietly(_a_line)),
        Truth("small and noisy", "not the network", tables.small, quietly(_not_the_network)),
        Truth("smooth", "the network", tables.smooth, quietly(_the_network)),
        Truth("stepped", "trees", tables.stepped, quietly(_trees)),
        Truth("noise", "no signal", tables.noise, quietly(_no_signal)),
        Truth("flipped labels", "shown to be equal", tables.flipped, _equal),
        Truth("many rows on a plane", "shown to be equal, the linear model", tables.plain, quietly(_equal)),
        Truth("a drawn line", "the linear model", tables.drawn_line, quietly(_a_line)),
        Truth("a drawn curve", "the network", tables.drawn_curve, quietly(_the_network)),
        Truth("drawn steps", "trees", tables.drawn_steps, quietly(_trees)),
        Truth("disguise", "the alarm", tables.disguised, alarm("disguise"), full=False),
        Truth("one column", "the alarm", tables.sole, alarm("one column"), full=False),
        Truth("copies", "the alarm", tables.copied, alarm("duplicates"), full=False),
        Truth("index", "the alarm", tables.counted, alarm("index"), full=False),
        Truth("date", "the alarm", tables.dated, alarm("date"), full=False),
    )
}
