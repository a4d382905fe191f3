"""Answers beside the truth, a point a sample: on the line is right, far from it is wrong."""

from __future__ import annotations

import numpy as np

from layerwise.pages import Markup, element
from layerwise.report.page.scale import marks_of
from layerwise.types import Array
from layerwise.wording import printable

_SIDE, _LEFT, _BOTTOM, _ROOM = 380, 56, 40, 8
_MOST = 1000


def scatter(truth: Array, answers: Array, name: str) -> Markup:
    """A figure of at most 1,000 points, spread evenly over the part. truth, answers: (N,). name: of the quantity."""
    every = -(-len(truth) // _MOST)
    low, high = float(min(truth.min(), answers.min())), float(max(truth.max(), answers.max()))
    room = 0.04 * (high - low) or 0.1 * abs(high) or 0.1
    low, high = low - room, high + room

    def across(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_SIDE - _LEFT - _ROOM)

    def up(value: float) -> float:
        return _SIDE - _BOTTOM - (value - low) / (high - low) * (_SIDE - _BOTTOM - _ROOM)

    end, right = _SIDE - _BOTTOM, _SIDE - _ROOM
    parts = []
    for mark in marks_of(low, high, 4):
        words, x, y = f"{mark:.4g}", across(mark), up(mark)
        parts.append(element("line", class_="grid", x1=_LEFT, x2=right, y1=y, y2=y))
        parts.append(element("text", words, class_="tick", x=_LEFT - 8, y=y + 4, text_anchor="end"))
        parts.append(element("text", words, class_="tick", x=x, y=end + 16, text_anchor="middle"))
    parts.append(element("line", class_="axis", x1=_LEFT, x2=right, y1=end, y2=end))
    parts.append(element("line", class_="now", x1=across(low), x2=across(high), y1=up(low), y2=up(high)))
    parts += [
        element("circle", class_="point", cx=across(float(x)), cy=up(float(y)), r=3)
        for x, y in zip(truth[::every], answers[::every], strict=True)
    ]
    middle = (_LEFT + right) / 2
    parts.append(element("text", f"true {printable(name)}", class_="tick", x=middle, y=_SIDE - 6, text_anchor="middle"))
    correlation = float(np.corrcoef(truth, answers)[0, 1]) if np.ptp(truth) and np.ptp(answers) else float("nan")
    spoken = f"Answers over the truth of {len(truth):,} test samples; correlation {correlation:.2f}"
    drawing = element("svg", *parts, class_="chart", viewBox=f"0 0 {_SIDE} {_SIDE}", role="img", aria_label=spoken)
    told = element(
        "figcaption", element("b", "Answer"), "over the truth, a point a test sample; on the line it is right"
    )
    return element("figure", told, drawing, class_="curves scatter")
