"""Losses over epochs as characters: a curve with its two axes, in any terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from layerwise.report.look import PLAIN, Look
from layerwise.wording import quantity

HEIGHT = 8
_WIDEST = 60
_LOGARITHMIC = 100.0
"""From this ratio of the largest to the smallest on, the axis is logarithmic."""
_FLAT = 1e-4
"""A curve that moves by no more than this share is rounding, and drawn as a line."""


def curve_lines(
    losses: Sequence[float], look: Look = PLAIN, unit: str = "epoch", low_high: Sequence[float] = ()
) -> list[str]:
    """A curve of so many numbers, eight lines high, with the largest and the smallest at its side.

    losses: what is drawn; where a number is not finite, the curve ends. unit: what one of them stands for.
    low_high: numbers that the axis is to reach as well, so that two curves can be compared.
    Many numbers share columns, of which each shows their mean.

    >>> print(*curve_lines([4.0, 2.0, 1.0, 1.0], Look(width=30)), sep="\\n")
      4 │●
        │
        │
        │
        │
        │ ●
        │
      1 │  ●●
        └────
         epoch 1 to 4
    """
    finite = [each for each in losses if math.isfinite(each)]
    if not finite:
        return ["  no loss was ever a number"]
    columns = [float(np.mean(part)) for part in np.array_split(finite, min(len(finite), _room(look))) if len(part)]
    reached = [each for each in (*columns, *low_high) if math.isfinite(each)]
    low, high = min(reached), max(reached)
    bent = low > 0 and high / low > _LOGARITHMIC
    places = [_place(each, low, high, bent) for each in columns]
    names = {HEIGHT - 1: quantity(high), 0: quantity(low)} if high - low > _FLAT * abs(high) else {0: quantity(high)}
    margin = max(map(len, names.values()))
    dot, bar, corner, line = "●│└─" if look.unicode else "*|+-"
    lines = []
    for row in reversed(range(HEIGHT)):
        drawn = "".join(dot if place == row else " " for place in places).rstrip()
        lines.append(f"  {names.get(row, ''):>{margin}} {bar}{drawn}".rstrip())
    lines.append(f"  {'':{margin}} {corner}{line * len(columns)}")
    scale = ", logarithmic" if bent else ""
    return [*lines, *look.wrapped(f"{unit} 1 to {len(finite):,}{scale}", " " * (margin + 4))]


def _room(look: Look) -> int:
    return max(6, min(_WIDEST, look.width - 14))


def _place(value: float, low: float, high: float, bent: bool) -> int:
    """The row of a number, 0 the lowest."""
    if bent:
        value, low, high = math.log(value), math.log(low), math.log(high)
    share = (value - low) / (high - low) if high - low > _FLAT * abs(high) else 0.0
    return round(share * (HEIGHT - 1))
