"""Curves over the epochs as SVG that takes its colours from the page, so that it is right in both schemes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.pages import NOTHING, Markup, element, joined
from layerwise.plots.history.thinning import worth_drawing
from layerwise.plots.scales import power
from layerwise.report.page.scale import marks_of, step_of
from layerwise.types import Array

_WIDTH, _HEIGHT = 412, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 8, 22
_MOST_POINTS = 800
_LOG_FROM = 100
"""From this ratio of the largest to the smallest value, the axis is logarithmic."""


@dataclass(frozen=True)
class Curve:
    """One number an epoch. name: in the key. kind: "train", of what was learnt from, or "held", of what was not."""

    name: str
    values: Sequence[float]
    kind: str = "held"


def chart(
    title: str,
    curves: Sequence[Curve],
    *,
    note: str = "",
    mark: tuple[int, str] | None = None,
    written: Callable[[float], str] | None = None,
    straight: bool = False,
) -> Markup:
    """A figure with a caption that is its key. Logarithmic where the values span more than a factor of 100.

    note: words behind the key. mark: an epoch, from 1, and what there is to say of it. written: how a tick is written;
    unless given, as a plain number. straight: never logarithmic.
    """
    values = [np.asarray(curve.values, np.float64) for curve in curves]
    across, up = _Across(len(values[0])), _up(values, straight)
    lines = [
        element("path", class_=f"curve {curve.kind}", d=_path(each, across, up))
        for curve, each in zip(curves, values, strict=True)
    ]
    spoken = "; ".join(f"{curve.name} ends at {curve.values[-1]:.4g}" for curve in curves)
    drawing = element(
        "svg",
        *(_rung(up.place(value), (written or up.written)(value)) for value in up.ticks),
        *(_epoch(across, epoch) for epoch in across.ticks),
        element("text", "epoch", class_="tick", x=_LEFT - 8, y=_HEIGHT - 5, text_anchor="end"),
        element("line", class_="axis", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=_HEIGHT - _BOTTOM, y2=_HEIGHT - _BOTTOM),
        _mark(across, *mark) if mark else NOTHING,
        *lines,
        class_="chart", viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=f"{title} by epoch. {spoken}",
    )  # fmt: skip
    keys = [element("span", element("i", class_=f"stroke {each.kind}"), each.name) for each in curves if each.name]
    told = element("figcaption", element("b", title), *keys, element("span", note) if note else None)
    return element("figure", told, drawing, class_="curves")


# --- axes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Across:
    """Epochs from 0 to the last; the first value stands at 1."""

    epochs: int

    def place(self, epoch: float) -> float:
        return _LEFT + epoch / self.epochs * (_WIDTH - _LEFT - _RIGHT)

    @property
    def ticks(self) -> list[int]:
        return list(range(0, self.epochs + 1, max(1, round(step_of(self.epochs, 4)))))


@dataclass(frozen=True)
class _Up:
    """Values from low to high. logarithmic: the height is that of the logarithm."""

    low: float
    high: float
    logarithmic: bool

    def place(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        low, high, value = (map(math.log10, (self.low, self.high, value)) if self.logarithmic
                            else (self.low, self.high, value))  # fmt: skip
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    @property
    def ticks(self) -> list[float]:
        if self.logarithmic:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            step = max(1, -(-(last - first) // 4))
            return [10.0**exponent for exponent in range(first, last + 1, step)]
        return marks_of(self.low, self.high, 4)

    def written(self, value: float) -> str:
        if self.logarithmic and (self.low < 5e-4 or self.high > 1e4):
            return power(value)
        return f"{value:.3g}" if abs(value) < 1e5 else f"{value:.2e}"


def _up(values: list[Array], straight: bool) -> _Up:
    finite = np.concatenate([each[np.isfinite(each)] for each in values])
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low > 0 and high / low > _LOG_FROM and not straight:
        return _Up(low / 1.2, high * 1.2, True)
    room = 0.06 * (high - low) or 0.1 * abs(high) or 0.1
    return _Up(max(low - room, 0.0) if low >= 0 else low - room, high + room, False)


# --- what is drawn -----------------------------------------------------------------------------------------------


def _path(values: Array, across: _Across, up: _Up) -> str:
    parts, pen = [], "M"
    for place in worth_drawing(values, _MOST_POINTS):
        if math.isfinite(values[place]):
            parts.append(f"{pen}{across.place(place + 1):.1f} {up.place(float(values[place])):.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(parts) + ("h0.01" if len(parts) == 1 else "")  # a single point is a dot, by its round cap


def _rung(y: float, words: str) -> Markup:
    line = element("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y)
    return joined(line, element("text", words, class_="tick", x=_LEFT - 8, y=y + 4, text_anchor="end"))


def _epoch(across: _Across, epoch: int) -> Markup:
    return element("text", f"{epoch:,}", class_="tick", x=across.place(epoch), y=_HEIGHT - 5, text_anchor="middle")


def _mark(across: _Across, epoch: int, words: str) -> Markup:
    x = across.place(epoch)
    right = x > 0.62 * _WIDTH
    line = element("line", class_="now", x1=x, x2=x, y1=_TOP, y2=_HEIGHT - _BOTTOM)
    return joined(line, element("text", words, class_="tick", x=x - 6 if right else x + 6, y=_TOP + 10,
                                text_anchor="end" if right else None))  # fmt: skip
