"""What one line of the page says, and how far apart two sides are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

FLOOR = {"float64": 1e-14, "float32": 1e-6}
"""Bounds below these are not told apart: there the last bits differ from machine to machine."""
HEADROOM = 3
"""The bound on the page is above this many times what was measured, so that it holds on other machines too."""


class Row(NamedTuple):
    """kind: the registry. peer: the other side's names. wide, narrow: the largest differences in float64 and float32,

    None where there is nothing in that type. note: a sentence, or nothing.
    """

    kind: str
    name: str
    peer: str
    wide: float | None
    narrow: float | None
    note: str = ""


def difference(ours: Any, theirs: Any) -> float:
    """The largest difference of two arrays: relative where the number is larger than 1, absolute elsewhere."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if ours.shape != theirs.shape:
        raise ValueError(f"ours has the shape {ours.shape}, theirs {theirs.shape}")
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        apart = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
    apart = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
    return float(apart.max(initial=0))


def largest(pairs: Iterable[tuple[Any, Any]]) -> float:
    """The largest difference of many pairs (ours, theirs)."""
    found = [difference(ours, theirs) for ours, theirs in pairs]
    if not found:
        raise ValueError("nothing was compared")
    return max(found)


def bound(measured: float, dtype: str, headroom: float = HEADROOM) -> float:
    """The power of ten that the page promises."""
    if not math.isfinite(measured):
        return math.inf
    return max(FLOOR[dtype], 10.0 ** math.ceil(math.log10(max(headroom * measured, FLOOR[dtype]))))


def printed(measured: float | None, dtype: str, headroom: float = HEADROOM) -> str:
    """The bound as it stands on the page.

    >>> printed(2e-16, "float64"), printed(4e-13, "float64"), printed(None, "float32")
    ('< 1e-14', '< 1e-11', '')
    """
    return "" if measured is None else f"< {bound(measured, dtype, headroom):.0e}".replace("e-0", "e-")
