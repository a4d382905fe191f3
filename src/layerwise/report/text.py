"""What a run found, as lines that fit. Nothing is computed here, and nothing printed."""

from __future__ import annotations

from layerwise.comparison.certainty import FEW
from layerwise.comparison.mistakes import WORST, Mistake
from layerwise.comparison.result import ClassResult, QuantityResult, Result, Rival
from layerwise.report.blocks import picture, side_by_side
from layerwise.report.confusion import confusion_lines
from layerwise.report.look import PLAIN, Look
from layerwise.report.verdict import verdict, warning
from layerwise.wording import percent, printable, quantity

_PICTURE, _GAP = 24, 3
"""Columns of one picture, and between two: three of them fit 80 columns, where there are fewer they take turns."""


def result_lines(result: Result, look: Look = PLAIN) -> list[str]:
    """The test of a network: whether it is any use, its figure beside those it has to beat, and where it fails."""
    warned = warning(result)
    first = [*map(look.bold, look.wrapped(warned)), ""] if warned else []
    if isinstance(result, ClassResult):
        lines = _class_scores(result, look)
        lines += ["", *confusion_lines(result.confusion, result.classes, look)]
    else:
        lines = _quantity_scores(result, look)
    return [*first, *lines, "", *mistake_lines(result, look)]


# --- classes -----------------------------------------------------------------------------------------------------


def _class_scores(result: ClassResult, look: Look) -> list[str]:
    low, high = (100 * end for end in result.interval)
    rows = [
        ["this network", look.bold(percent(result.accuracy)), f"95 % interval {low:.1f} to {high:.1f} %"],
        *([printable(each.name, 29), percent(each.score), each.note] for each in result.rivals),
    ]
    return [
        *look.titled("test accuracy", f", on {_samples(result)} never seen in training"),
        *look.table(rows, right=[1]),
        *look.wrapped(verdict(result), "  "),
    ]


def _samples(result: Result) -> str:
    return "1 sample that was" if result.samples == 1 else f"{result.samples:,} samples that were"


# --- quantities --------------------------------------------------------------------------------------------------


def _quantity_scores(result: QuantityResult, look: Look) -> list[str]:
    unit = f" in {result.unit}" if result.unit else ""
    low, high = result.interval
    interval = f"95 % interval {quantity(low)} to {quantity(high)}" if result.samples >= FEW else ""
    own = Rival("this network", interval, result.rmse, result.r2)
    rows = [["", "RMSE", "R²", ""], *(_quantity_row(each) for each in (own, *result.rivals))]
    rows[1][1] = look.bold(rows[1][1])
    meaning = (
        f"RMSE: the root of the mean squared error of {printable(result.target)!r}. "
        "R²: 1 is perfect, 0 is no better than a mean."
    )
    return [
        *look.titled("test error", f"{unit}, on {_samples(result)} never seen in training"),
        *look.table(rows, right=[1, 2]),
        *look.wrapped(meaning, "  "),
        *look.wrapped(verdict(result), "  "),
    ]


def _quantity_row(rival: Rival) -> list[str]:
    r2 = "-" if rival.r2 is None else f"{rival.r2:z.2f}"
    return [rival.name, quantity(rival.score), r2, rival.note]


# --- mistakes ----------------------------------------------------------------------------------------------------


def mistake_lines(result: Result, look: Look = PLAIN) -> list[str]:
    """The worst mistakes: as pictures where samples are images, else with their unusual columns."""
    mistakes = result.mistakes[:WORST]
    if not mistakes:
        return look.wrapped(f"no mistakes among the {result.samples:,} test samples")
    lines = _title(result, len(mistakes), look)
    if all(mistake.image is not None for mistake in mistakes):
        return [*lines, *_pictures(mistakes, look)]
    for mistake in mistakes:
        lines += _described(mistake, look)
    return lines


def _title(result: Result, shown: int, look: Look) -> list[str]:
    if not isinstance(result, ClassResult):
        return look.titled(f"the {_count(shown)}largest errors")
    if result.wrong <= WORST:
        return look.titled("the only mistake" if shown == 1 else f"the only {_count(shown)}mistakes")
    return look.titled(f"the {_count(shown)}worst of {result.wrong:,} mistakes", ": least probability for the truth")


def _count(number: int) -> str:
    return {1: "", 2: "two ", 3: "three "}.get(number, f"{number} ")


def _pictures(mistakes: tuple[Mistake, ...], look: Look) -> list[str]:
    """As many beside one another as fit, the others below."""
    beside = max(1, (look.width - 2 + _GAP) // (_PICTURE + _GAP))
    cards = [_card(each, look) for each in mistakes]
    rows = [side_by_side(cards[start : start + beside], _GAP) for start in range(0, len(cards), beside)]
    return [f"  {line}".rstrip() for row in rows for line in row]


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
    return [*look.wrapped(said, "    ", "  "), *(look.dim(line) for line in look.wrapped(features, "    "))]
