"""The answers of a test that are most wrong: images as images, rows of a table by their most unusual columns."""

from __future__ import annotations

from layerwise.comparison.mistakes import Mistake
from layerwise.comparison.result import ClassResult, Result
from layerwise.data.tables.words import counted
from layerwise.pages import Markup, element, table
from layerwise.pages.image import image_of
from layerwise.report.blocks import resized
from layerwise.types import Array
from layerwise.wording import percent, printable

_LARGEST = 64
"""Pixels of a side: a larger image is made smaller."""
_EMPTY = 0.4
"""From this share of pixels that are 0 an image is a drawing on an empty ground, and shown as ink on paper."""


def title_of(result: Result) -> str:
    """The heading, which says how many there are and in which order."""
    shown = len(result.mistakes)
    if not isinstance(result, ClassResult):
        return f"The {counted(shown, 'largest error')}"
    if shown == result.wrong:
        return "The only mistake" if shown == 1 else f"All {shown} mistakes, the worst first"
    return f"The {shown} worst of {result.wrong:,} mistakes"


def mistakes(result: Result) -> Markup:
    """All that the result has kept."""
    if all(each.image is not None for each in result.mistakes):
        return element("ol", *map(_card, result.mistakes), class_="mistakes")
    sure = isinstance(result, ClassResult)
    head = ["true", "said", *(["sure"] if sure else []), "of its columns, the most unusual"]
    rows = [_row(each, sure) for each in result.mistakes]
    return table(rows, head, figures=() if sure else (0, 1))


def _card(mistake: Mistake) -> Markup:
    assert mistake.image is not None  # the caller has looked
    told = f"{printable(mistake.true)}, said {printable(mistake.answer)}"
    sure = "" if mistake.sure is None else f"{percent(mistake.sure)} sure"
    return element("li", _image(mistake.image, told), element("p", element("b", told), element("br"), sure))


def _image(pixels: Array, words: str) -> Markup:
    """(H, W) of brightness 0 to 1."""
    height, width = pixels.shape
    scale = min(1.0, _LARGEST / max(height, width))
    if scale < 1:
        pixels = resized(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    ink = float((pixels == 0).mean()) > _EMPTY
    return element("img", src=image_of(1 - pixels if ink else pixels), alt=words, class_="ink" if ink else "photo")


def _row(mistake: Mistake, sure: bool) -> list[str | Markup]:
    features = ", ".join(f"{printable(name)} {printable(value, 12)}" for name, value in mistake.features)
    cells: list[str | Markup] = [printable(mistake.true), printable(mistake.answer)]
    if sure:
        cells.append("" if mistake.sure is None else percent(mistake.sure))
    return [*cells, element("span", features, class_="soft")]
