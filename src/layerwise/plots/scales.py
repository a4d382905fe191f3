"""The ticks of logarithmic axes: the same notation in every picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FEW_DECADES = 100
"""Up to this ratio of the ends, ticks at the powers of ten alone would be too few."""


def power(value: float) -> str:
    """A positive number by its power of ten.

    >>> power(0.01), power(1.0), power(200.0), power(1e-12)
    ('10⁻²', '10⁰', '2·10²', '10⁻¹²')
    """
    exponent = math.floor(math.log10(value) + 1e-9)
    factor = f"{value / 10.0**exponent:.3g}"
    raised = f"10{str(exponent).translate(_RAISED)}"
    return raised if factor == "1" else f"{factor}·{raised}"


def mark_logarithmic(axis: Axis, low: float, high: float) -> None:
    """Ticks of an axis, logarithmic already, that shows about `low` to `high`."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    few = low > 0 and high / low <= _FEW_DECADES
    axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0) if few else (1.0,), numticks=8))
    axis.set_major_formatter(FuncFormatter(lambda value, _: power(value) if value > 0 else ""))
    axis.set_minor_locator(NullLocator())
