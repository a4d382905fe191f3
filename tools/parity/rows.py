"""What one line of the page says, and how far apart two sides are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

FLOOR = {"float64": 1e-14, "float32": 1e-6}
"""Differences below these are not told apart when pages are compared: the last bits differ from machine to machine."""
LEEWAY = 10
"""Another machine may find this many times what the page tells."""


class Row(NamedTuple):
    """kind: the registry. peer: the other side's names. wide, narrow: the largest differences in float64 and float32.

    narrow is None where there is nothing in that type. note: a sentence, or nothing.
    """

    kind: str
    name: str
    peer: str
    wide: float
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


def printed(measured: float | None) -> str:
    """The figure as it stands on the page: one significant digit.

    >>> printed(2.2e-16), printed(4.4e-7), printed(0.0), printed(None)
    ('2e-16', '4e-7', '0', '')
    """
    return "" if measured is None else f"{measured:.0e}".replace("e-0", "e-") if measured else "0"


def holds(told: float, found: float, dtype: str) -> bool:
    """Whether what was found now is what the page tells, give or take another machine."""
    return found <= max(LEEWAY * told, FLOOR[dtype])
