"""Every colour of every picture, on light paper and on dark; what each of them is for; and the marks beside them.

A colour means one thing. Teal is what is now, what can be pressed, and data that was held back. Blue and orange are a
sign: below and above zero. Ochre and brick are findings. What is told by colour is told by a form as well: a class has
its marker, a curve its dash, a finding its word.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Palette:
    """The colours on one kind of paper.

    ground: of a page. surface: of what is looked at, the lightest. sunken: of what stands behind. line: hairlines.
    line_strong: borders that are the only mark of a thing, 3:1. ink, ink_soft, ink_faint: three strengths of words, all
    of them 4.5:1 on every paper here. negative, zero, positive: a signed number; both ends equally light, so that sign
    is not taken for size. negative_text, positive_text: the same as words. sequential: from nothing to most. classes:
    eight, apart for every common kind of colour blindness. curves: six that a thin line can wear, 3:1. weight,
    gradient, activation, update: one colour per quantity, for its sizes over time or depth. note, warning, serious: of
    findings. marker_edge: around a point.
    """

    ground: str
    surface: str
    sunken: str
    line: str
    line_strong: str
    ink: str
    ink_soft: str
    ink_faint: str
    accent: str
    accent_strong: str
    accent_tint: str
    on_accent: str
    negative: str
    zero: str
    positive: str
    negative_text: str
    positive_text: str
    sequential: tuple[str, ...]
    classes: tuple[str, ...]
    curves: tuple[str, ...]
    weight: str
    gradient: str
    activation: str
    update: str
    note: str
    warning: str
    serious: str
    warning_tint: str
    serious_tint: str
    marker_edge: str

    def tokens(self) -> dict[str, str]:
        """The colours as custom properties of CSS: `--ink-soft`, `--class-0`, `--seq-0`, `--curve-0`.

        >>> LIGHT.tokens()["--ink"], LIGHT.tokens()["--class-1"]
        ('#2b2a28', '#cc6218')
        """
        stems = {"classes": "class", "curves": "curve", "sequential": "seq"}
        found: dict[str, str] = {}
        for each in fields(self):
            value, stem = getattr(self, each.name), stems.get(each.name, each.name.replace("_", "-"))
            if isinstance(value, str):
                found[f"--{stem}"] = value
            else:
                found |= {f"--{stem}-{k}": colour for k, colour in enumerate(value)}
        return found


LIGHT = Palette(
    ground="#fbf8f2",
    surface="#fffdf9",
    sunken="#f4efe5",
    line="#e4ddd0",
    line_strong="#8d8577",
    ink="#2b2a28",
    ink_soft="#5f5a52",
    ink_faint="#716a5f",
    accent="#17707f",
    accent_strong="#0f5764",
    accent_tint="#dcecec",
    on_accent="#ffffff",
    negative="#3478bd",
    zero="#fbf8f2",
    positive="#cc6218",
    negative_text="#1f5f9f",
    positive_text="#a14708",
    sequential=("#f4efe5", "#b5d3d1", "#5b9fa6", "#17707f", "#0b3c47"),
    classes=("#3478bd", "#cc6218", "#42c294", "#5f1240", "#f69500", "#8096ba", "#644831", "#29187f"),
    curves=("#3478bd", "#cc6218", "#619963", "#5f1240", "#644831", "#29187f"),
    weight="#3e3798",
    gradient="#622251",
    activation="#3c9663",
    update="#795826",
    note="#5f5a52",
    warning="#855600",
    serious="#a3312a",
    warning_tint="#f8eed6",
    serious_tint="#f8e4df",
    marker_edge="#fffdf9",
)

DARK = Palette(
    ground="#191817",
    surface="#1f1e1c",
    sunken="#131211",
    line="#34312d",
    line_strong="#7d766b",
    ink="#ebe6dc",
    ink_soft="#b8b1a5",
    ink_faint="#989084",
    accent="#63c2ce",
    accent_strong="#8ad6df",
    accent_tint="#1d3a3f",
    on_accent="#0d2226",
    negative="#5b9fe0",
    zero="#1f1e1c",
    positive="#ec8c4a",
    negative_text="#86bbf0",
    positive_text="#f2a268",
    sequential=("#232120", "#1f4a51", "#2c7480", "#63c2ce", "#c5eef0"),
    classes=("#5b9fe0", "#ec8c4a", "#7ceff2", "#a352c9", "#e0ee5e", "#8cc5fc", "#c8c1ac", "#738093"),
    curves=("#5b9fe0", "#ec8c4a", "#a4ffd3", "#a352c9", "#c8c1ac", "#738093"),
    weight="#8a76e6",
    gradient="#d25c84",
    activation="#71fdba",
    update="#d2a865",
    note="#b8b1a5",
    warning="#e3b55a",
    serious="#f0897d",
    warning_tint="#352c17",
    serious_tint="#3a211d",
    marker_edge="#191817",
)

# What a page draws follows its theme; a figure of matplotlib is paper of its own, and light.
GROUND, SURFACE, LINE, LINE_STRONG = LIGHT.ground, LIGHT.surface, LIGHT.line, LIGHT.line_strong
INK, INK_SOFT, INK_FAINT = LIGHT.ink, LIGHT.ink_soft, LIGHT.ink_faint
ACCENT, ACCENT_TINT = LIGHT.accent, LIGHT.accent_tint
NEGATIVE, ZERO, POSITIVE = LIGHT.negative, LIGHT.zero, LIGHT.positive
NEGATIVE_TEXT, POSITIVE_TEXT = LIGHT.negative_text, LIGHT.positive_text
SEQUENTIAL, CLASSES, CURVES = LIGHT.sequential, LIGHT.classes, LIGHT.curves
WARNING, SERIOUS, WARNING_TINT, SERIOUS_TINT = LIGHT.warning, LIGHT.serious, LIGHT.warning_tint, LIGHT.serious_tint

WEIGHT, GRADIENT, ACTIVATION, UPDATE = LIGHT.weight, LIGHT.gradient, LIGHT.activation, LIGHT.update
LOSS, RATE = INK, INK_SOFT
TRAINING, VALIDATION = INK_SOFT, ACCENT
"""Data that was learnt from, and data that was held back (validation or test)."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Of the classes, which never change: disc, square, triangle up, diamond, triangle down, plus, cross, star."""
MARKER_SIZES = (1.0, 0.9, 1.15, 0.8, 1.15, 1.35, 1.35, 1.9)
"""Factors on the area, so that all look equally large."""

DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 2)),
    (0, (1.2, 1.4)),
    (0, (6, 1.6, 1.2, 1.6)),
    (0, (9, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
"""Of the curves of one picture."""
RUNS: tuple[Any, ...] = ("solid", (0, (4, 2)), (0, (1.4, 2)), (0, (6, 2, 1.4, 2)))
"""Runs on top of each other: one ink, four line styles."""

TILE, UNIT, FIELD = 0.84, 0.75, 0.58
"""How far a field goes from the ground to the full colour: where it is small, where it is large, and where points have
to stand out on it."""
