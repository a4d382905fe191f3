"""What a run found, as lines of at most 80 columns. Nothing is computed here, and nothing printed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from layerwise.comparison.mistakes import WORST, Mistake
from layerwise.comparison.result import ClassResult, QuantityResult, Result, Rival
from layerwise.report.blocks import picture, side_by_side
from layerwise.report.confusion import confusion_lines
from layerwise.wording import percent, printable, quantity

WIDTH = 80

_PICTURE = 24
"""Columns of one picture: three of them, their gaps and the indent fit."""
_CHANCE = 0.05


def _same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Look:
    """How lines may look: in unicode or ASCII; bold and dim as functions of a text, without effect unless given."""

    unicode: bool = True
    bold: Callable[[str], str] = _same
    dim: Callable[[str], str] = _same


PLAIN = Look()


def result_lines(result: Result, look: Look = PLAIN) -> list[str]:
    """The test of a network: its figure beside those it has to beat, and where it fails."""
    if isinstance(result, ClassResult):
        lines = _class_scores(result, look)
        lines += ["", *confusion_lines(result.confusion, result.classes, look.bold, look.dim)]
    else:
        lines = _quantity_scores(result, look)
    return [*lines, "", *mistake_lines(result, look)]


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """A sentence in lines of at most 80 columns."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


# --- classes -----------------------------------------------------------------------------------------------------


def _class_scores(result: ClassResult, look: Look) -> list[str]:
    linear, blind = result.rivals
    low, high = (100 * end for end in result.interval)
    own = f"{percent(result.accuracy):>8}"
    lines = [
        look.bold("test accuracy") + f", on {result.samples:,} samples that were never seen in training",
        _score("this network", look.bold(own), f"95 % interval {low:.1f} to {high:.1f} %"),
        *(_score(printable(each.name, 29), f"{percent(each.score):>8}", each.note) for each in (linear, blind)),
    ]
    return [*lines, *wrapped(_class_verdict(result), "  ")]


def _score(name: str, figure: str, note: str) -> str:
    return f"  {name:<29}{figure}" + (f"   {note}" if note else "")


def _class_verdict(result: ClassResult) -> str:
    """Whether the network and the linear model differ by more than chance, in a sentence or two."""
    network, linear = result.only_network, result.only_linear
    if network + linear == 0:
        return "The network and the regression are right on the same samples."
    samples = "sample" if network == 1 else "samples"
    counts = f"The network alone is right on {network:,} {samples}, the regression alone on {linear:,}"
    if result.p_value >= _CHANCE:
        return f"{counts}: chance alone may explain that (p = {result.p_value:.2g})."
    better, worse = ("network", "regression") if network > linear else ("regression", "network")
    return f"{counts}: the {better} is better than the {worse} (p = {result.p_value:.2g})."


# --- quantities --------------------------------------------------------------------------------------------------


def _quantity_scores(result: QuantityResult, look: Look) -> list[str]:
    own = Rival("this network", "", result.rmse, result.r2)
    unit = f" in {result.unit}" if result.unit else ""
    low, high = result.interval
    lines = [
        look.bold("test error") + f"{unit}, on {result.samples:,} samples that were never seen in training",
        f"  {'':<27}{'RMSE':>10}{'R²':>8}",
        _quantity_score(own, look) + f"   95 % interval {quantity(low)} to {quantity(high)}",
        *(_quantity_score(each, PLAIN) for each in result.rivals),
        *wrapped(
            f"RMSE: the root of the mean squared error of {printable(result.target)!r}. "
            f"R²: 1 is perfect, 0 is no better than a mean.",
            "  ",
        ),
    ]
    return [*lines, *wrapped(_quantity_verdict(result), "  ")]


def _quantity_score(rival: Rival, look: Look) -> str:
    r2 = "-" if rival.r2 is None else f"{rival.r2:z.2f}"
    return f"  {rival.name:<27}" + look.bold(f"{quantity(rival.score):>10}") + f"{r2:>8}"


def _quantity_verdict(result: QuantityResult) -> str:
    low, high = result.difference
    if low <= 0 <= high:
        return "Network and regression: chance alone may explain their difference."
    better, worse = ("network", "regression") if high < 0 else ("regression", "network")
    return f"The {better} is better than the {worse}, by more than chance explains."


# --- mistakes ----------------------------------------------------------------------------------------------------


def mistake_lines(result: Result, look: Look = PLAIN) -> list[str]:
    """The worst mistakes: as pictures where samples are images, else with their unusual columns."""
    mistakes = result.mistakes
    if not mistakes:
        return [f"no mistakes among the {result.samples:,} test samples"]
    lines = [_title(result, len(mistakes), look)]
    if all(mistake.image is not None for mistake in mistakes):
        return lines + ["  " + line if line else "" for line in side_by_side([_card(each, look) for each in mistakes])]
    for mistake in mistakes:
        lines += _described(mistake, look)
    return lines


def _title(result: Result, shown: int, look: Look) -> str:
    if not isinstance(result, ClassResult):
        return look.bold(f"the {_count(shown)}largest errors")
    if result.wrong <= WORST:
        return look.bold("the only mistake" if shown == 1 else f"the only {_count(shown)}mistakes")
    return look.bold(f"the {_count(shown)}worst of {result.wrong:,} mistakes") + ": least probability for the truth"


def _count(number: int) -> str:
    return {1: "", 2: "two ", 3: "three "}.get(number, f"{number} ")


def _card(mistake: Mistake, look: Look) -> list[str]:
    assert mistake.image is not None  # the caller has looked
    image = picture(mistake.image, _PICTURE, unicode=look.unicode)
    return [*(line.ljust(_PICTURE) for line in _caption(mistake)), *image]


def _caption(mistake: Mistake) -> list[str]:
    """Under 24 columns each: long names get lines of their own."""
    true, answer, sure = printable(mistake.true, 17), printable(mistake.answer, 12), _sure(mistake)
    return [f"true: {true}", f"said: {answer}{sure}"]


def _sure(mistake: Mistake) -> str:
    return "" if mistake.sure is None else f" ({int(100 * mistake.sure)} %)"


def _described(mistake: Mistake, look: Look) -> list[str]:
    said = f"true {printable(mistake.true)}, said {printable(mistake.answer)}{_sure(mistake)}"
    features = ", ".join(f"{printable(name)} {printable(value, 12)}" for name, value in mistake.features)
    return [f"  {said}", *(look.dim(line) for line in wrapped(features, "    "))]
