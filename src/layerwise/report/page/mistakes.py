"""The answers of a test that are most wrong: images as images, rows of a table by their most unusual columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.comparison.mistakes import Mistake
from layerwise.comparison.result import ClassResult, Result
from layerwise.data.tables.words import counted
from layerwise.pages import Markup, element, table
from layerwise.pages.image import image_of
from layerwise.report.blocks import resized
from layerwise.types import Array
from layerwise.wording import percent, printable

_MOST_ROWS = 12
_LARGEST = 64
"""Pixels of a side: a larger image is made smaller."""
_EMPTY = 0.3
"""From this share of pixels that are 0 images are drawings on an empty ground, and shown as ink on paper."""


def title_of(result: Result) -> str:
    """The heading, which says how many there are and in which order."""
    shown = len(_shown(result))
    if not isinstance(result, ClassResult):
        return f"The {counted(shown, 'largest error')}"
    if shown == result.wrong:
        return "The only mistake" if shown == 1 else f"All {shown} mistakes, the worst first"
    return f"The {shown} worst of {result.wrong:,} mistakes"


def mistakes(result: Result) -> Markup:
    """The worst of those that the result has kept."""
    worst = _shown(result)
    images = _images(worst)
    if images:
        ink = sum(float((image == 0).mean()) for image in images) > _EMPTY * len(images)
        return element("ol", *(_card(each, ink) for each in worst), class_="mistakes")
    sure = isinstance(result, ClassResult)
    head = ["true", "said", *(["sure"] if sure else []), "of its columns, the most unusual"]
    rows = [_row(each, sure) for each in worst]
    return table(rows, head, figures=(2,) if sure else (0, 1))


def _shown(result: Result) -> Sequence[Mistake]:
    """All images that the result has kept; of rows of a table fewer."""
    return result.mistakes if _images(result.mistakes) else result.mistakes[:_MOST_ROWS]


def _images(worst: Sequence[Mistake]) -> list[Array]:
    """The images of all of them, or none."""
    images = [each.image for each in worst if each.image is not None]
    return images if len(images) == len(worst) else []


def _card(mistake: Mistake, ink: bool) -> Markup:
    assert mistake.image is not None  # the caller has looked
    told = f"{printable(mistake.true)}, said {printable(mistake.answer)}"
    sure = "" if mistake.sure is None else f"{percent(mistake.sure)} sure"
    return element("li", _image(mistake.image, told, ink), element("p", element("b", told), element("br"), sure))


def _image(pixels: Array, words: str, ink: bool) -> Markup:
    """(H, W) of brightness 0 to 1. ink: what is bright is ink on the paper of the page."""
    height, width = pixels.shape
    scale = min(1.0, _LARGEST / max(height, width))
    if scale < 1:
        pixels = resized(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    shown = np.stack([np.zeros_like(pixels), pixels], axis=-1) if ink else pixels
    image = element("img", src=image_of(shown), alt=words, class_="ink" if ink else "photo")
    return element("div", image, class_="paper")


def _row(mistake: Mistake, sure: bool) -> list[str | Markup]:
    features = ", ".join(f"{printable(name)} {printable(value)}" for name, value in mistake.features)
    cells: list[str | Markup] = [printable(mistake.true, 40), printable(mistake.answer, 40)]
    if sure:
        cells.append("" if mistake.sure is None else percent(mistake.sure))
    return [*cells, element("span", features, class_="soft")]
