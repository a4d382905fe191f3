"""The reliability diagram: how often answers are right, over how probable they were said to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEAST, _MOST = 14.0, 150.0
"""The area of the marker of the smallest share of answers, and what that of all of them has more."""


def reliability_diagram(tables: Mapping[str, Any], *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw a curve a model; on the diagonal, what was said is what happened, and below it too much was promised.

    tables: name to (3, bins): of the answers in each bin of stated probability how many there are, how many are right,
    and the sum of what was stated; at most eight. The larger a marker, the more answers it stands for; empty bins are
    left out. ax: where to draw; unless given, a new figure. Returns the axes. Raises ShapeError, SettingError or
    DataError for what does not fit.
    Source: Guo et al., On calibration of modern neural networks, 2017.

    >>> ax = reliability_diagram({"model": [[0, 10, 30], [0, 7, 24], [0, 6, 27]]})
    >>> ax.collections[0].get_offsets().tolist()        # stated 0.6 and 0.9, right 0.7 and 0.8
    [[0.6, 0.7], [0.9, 0.8]]
    """
    if not 1 <= len(tables) <= len(style.CLASSES):
        raise SettingError(f"tables must be 1 to {len(style.CLASSES)}, got {len(tables)}")
    rows = {name: real_array(name, table, np.float64) for name, table in tables.items()}
    for name, table in rows.items():
        if table.ndim != 2 or len(table) != 3:
            raise ShapeError(f"{name!r} must be a table (3, bins), got shape {table.shape}")
        if not table[0].any():
            raise DataError(f"{name!r} has no answers in any bin: there is nothing to draw")
    ax = style.new_axes(4.8, 4.6) if ax is None else ax
    style.dress(ax, title, "stated probability of the answer", "share of right answers")
    ax.plot([0, 1], [0, 1], color=style.INK_FAINT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    drawn = [_curve(ax, table, name, number) for number, (name, table) in enumerate(rows.items())]
    ax.set_aspect("equal", adjustable="box")
    lowest = min(float(np.min(each.get_offsets())) for each in drawn)
    low = np.floor(10 * min(0.5, lowest)) / 10
    ax.set(xlim=(low - 0.02, 1.02), ylim=(low - 0.02, 1.02))
    ax.grid(True, which="major", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, drawn)
    return ax


def _curve(ax: Axes, table: Any, name: str, number: int) -> Any:
    counts, right, stated = table[:, table[0] > 0]
    share = counts / counts.sum()
    colour = style.CLASSES[number]
    ax.plot(stated / counts, right / counts, color=colour, linewidth=1.4, zorder=2)
    return ax.scatter(
        stated / counts, right / counts, s=(_LEAST + _MOST * share) * style.MARKER_SIZES[number], c=colour,
        marker=style.MARKERS[number], label=name, linewidths=0, zorder=3,
    )  # fmt: skip
