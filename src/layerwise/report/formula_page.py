"""The formula sheet as a page: mathematics, shapes, code and derivative, and curves of what acts on single numbers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from itertools import groupby

import numpy as np

from layerwise.formulas import registry
from layerwise.insight.explain.tex import mathml
from layerwise.insight.formula_sheet import Entry
from layerwise.pages import NOTHING, Chapter, Markup, element, joined, page
from layerwise.report.formula_sheet import shapes_in_words
from layerwise.types import Array

_REACH = 4.0
"""Curves go from minus this to this."""
_WIDTH, _HEIGHT, _UNIT = 176, 120, 20
"""Of a curve, in pixels; a unit is as long upwards as to the right."""
_LEAD = (
    "Each formula as it is written, with its derivative: the code is read from the files that training runs. dy is the "
    "gradient of the cost at y, and backward turns it into the gradients at what came in."
)


def formula_page(entries: Sequence[Entry]) -> str:
    """The page as text."""
    chapters = [
        Chapter(family, _title(family), joined(*map(_formula, members)))
        for family, members in groupby(entries, key=lambda entry: entry.family)
    ]
    style = resources.files(__package__).joinpath("formula_page.css").read_text(encoding="utf-8")
    return page(
        "Formulas",
        element("h1", "Formulas"),
        element("p", _LEAD, class_="lead"),
        styles=[style],
        chapters=chapters,
    )


def _title(family: str) -> str:
    """The name of a family, as words or as the letters that it is known by."""
    return family.upper() if family in ("rnn", "lstm", "gru") else family.replace("_", " ").capitalize()


def _formula(entry: Entry) -> Markup:
    """One formula: mathematics above, code and derivative side by side, what it rests on below."""
    return element(
        "article",
        element("h3", element("span", entry.name), element("code", entry.source, class_="soft"), id=entry.name),
        element("p", entry.what),
        element(
            "div",
            element("div", Markup(mathml(entry.tex)), class_="mathematics"),
            _curve(entry),
            class_="shown",
        ),
        element("p", shapes_in_words(entry), class_="small"),
        element("div", _code("forward", entry.forward), _code("backward", entry.backward), class_="sides"),
        element("p", f"Source: {entry.reference}", class_="small"),
        class_="formula",
    )


def _code(title: str, lines: str) -> Markup:
    if not lines:
        return NOTHING
    return element("div", element("h4", title), element("pre", lines, tabindex=0))


def _curve(entry: Entry) -> Markup:
    """y and its slope over x, for what turns every number by itself; nothing for other formulas."""
    names = list(entry.shapes)
    if len(names) != 2 or set(entry.shapes.values()) != {"(...)"}:
        return NOTHING
    x = np.linspace(-_REACH, _REACH, 161)
    with np.errstate(all="ignore"):  # a logarithm has no value on the left
        y, backward = registry[entry.name].run(x)
        slope = backward(np.ones_like(x))
    drawn = [_line(x, np.asarray(curve), kind) for curve, kind in ((y, "value"), (slope, "slope"))]
    middle = _HEIGHT / 2
    words = f"{entry.name} and its slope from -{_REACH:g} to {_REACH:g}"
    return element(
        "figure",
        element(
            "svg",
            element("title", words),
            element("path", d=f"M8 {middle:g}H{_WIDTH - 8}M{_WIDTH / 2:g} 8V{_HEIGHT - 8}", class_="axes"),
            *drawn,
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}", width=_WIDTH, height=_HEIGHT, role="img",
        ),
        element("figcaption", element("b", names[1], class_="value"), " and its ",
                element("b", "slope", class_="slope")),
        class_="curve",
    )  # fmt: skip


def _line(x: Array, y: Array, kind: str) -> Markup:
    """A curve where it is inside the picture."""
    across, up = _WIDTH / 2 + _UNIT * x, _HEIGHT / 2 - _UNIT * y
    inside = (up >= 0) & (up <= _HEIGHT)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across[inside], up[inside], strict=True))
    return element("polyline", points=points, class_=kind)
