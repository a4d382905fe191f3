"""A noisy curve as it is, and on top of it a smoothed one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import positive
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.history.smoothing import smoothed
from layerwise.plots.history.thinning import envelope, worth_drawing
from layerwise.plots.scales import mark_logarithmic
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 500
"""Points that a picture shows one by one; of more, the least and the greatest of each stretch."""
HALF_LIFE = 10.0


def progress(
    curves: Mapping[str, Any],
    *,
    half_life: float = HALF_LIFE,
    at: Any = None,
    title: str = "",
    labels: tuple[str, str] = ("step", "loss"),
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw each curve thin and pale as it is, and a smoothed one on it.

    curves: name to numbers (N,), such as a history; up to six. half_life: after so many units of the axis a point
    counts half as much; see `smoothed`. The smoothing is done before points are left out, and does not depend on how
    many there are. Of more than 500 points a band from the least to the greatest of each stretch is drawn in place of
    the raw line. at: (N,), the places across; 1, 2, 3, ... unless given. log: whether the axis upwards is logarithmic.
    ax: where to draw; unless given, a new figure. Returns the axes. Raises DataError, SettingError or ShapeError for
    what does not fit.

    >>> ax = progress({"loss": [1.0, 0.2, 0.9, 0.1]}, half_life=2)
    >>> [line.get_label() for line in ax.lines]
    ['loss', 'loss, smoothed']
    """
    if not 1 <= len(curves) <= len(style.CURVES):
        raise SettingError(f"curves must be 1 to {len(style.CURVES)}, got {len(curves)}: draw more in another picture")
    half_life = positive("half_life", half_life)
    rows = {name: real_array(name, values, np.float64) for name, values in curves.items()}
    longest = max(rows.values(), key=len)
    across = np.arange(1, len(longest) + 1, dtype=np.float64) if at is None else real_array("at", at, np.float64)
    for name, values in rows.items():
        if values.ndim != 1 or not len(values) or len(values) > len(across):
            raise ShapeError(f"{name!r} must have 1 to {len(across)} numbers, one for each place, got {values.shape}")
    if log and not any((values > 0).any() for values in rows.values()):
        raise DataError("a logarithmic axis shows positive numbers, and there is none: leave out log")
    ax = style.new_axes(6.4, 3.6) if ax is None else ax
    style.dress(ax, title, *labels)
    drawn = []
    for k, (name, row) in enumerate(rows.items()):
        drawn += _curve(ax, across[: len(row)], row, name, k, half_life)
    if log:
        ax.set_yscale("log", nonpositive="mask")
        mark_logarithmic(ax.yaxis, *ax.dataLim.intervaly)
    ax.margins(x=0.02, y=0.06)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, drawn, handle_length=2.6)
    return ax


def _curve(ax: Axes, x: Array, values: Array, name: str, number: int, half_life: float) -> list[Any]:
    """The curve as it is, and the smoothed one."""
    colour, means = style.CURVES[number], smoothed(values, half_life, x)
    raw: Any
    if len(values) > _MOST:
        places, low, high = envelope(values, _MOST)
        raw = ax.fill_between(
            x[places], low, high, step=None, color=style.mix(colour, style.SURFACE, 0.28), linewidth=0.6, zorder=2,
            label=f"{name}, least to greatest",
        )  # fmt: skip
    else:
        (raw,) = ax.plot(
            x, values, color=style.mix(colour, style.SURFACE, 0.45), linewidth=1.0, linestyle="solid", marker="none",
            zorder=2, label=name, drawstyle="default",
        )  # fmt: skip
    shown = worth_drawing(means, 2 * _MOST)
    (line,) = ax.plot(
        x[shown], means[shown], color=colour, linewidth=2.0, linestyle=style.DASHES[number], marker="none", zorder=3,
        solid_capstyle="round", drawstyle="default", label=f"{name}, smoothed",
    )  # fmt: skip
    return [raw, line]
