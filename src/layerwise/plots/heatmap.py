"""A table of numbers as a picture: each number a field, the stronger its colour the farther it is from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import positive
from layerwise.errors import ShapeError
from layerwise.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DARK = 0.22
"""The luminance of a ground below which light letters are easier to read than dark ones."""


def heatmap(
    values: Any,
    *,
    title: str = "",
    labels: tuple[str, str] = ("", ""),
    numbers: str = "",
    limit: float | None = None,
    colour: str = style.POSITIVE,
    ax: Axes | None = None,
) -> Axes:
    """Draw a matrix as fields: 0 is the ground, what is above it `colour`, what is below it blue.

    values: (rows, columns); the first row is at the top. labels: of the axis across (columns) and down (rows). numbers:
    how each number is written into its field, such as ".2f"; not at all unless given. limit: the size at which a colour
    is full, so that several pictures can be compared; unless given, the largest size in `values`. ax: where to draw;
    unless given, a new figure. Returns the axes. Raises ShapeError, DataError or SettingError for what does not fit.

    >>> ax = heatmap([[1.0, -2.0], [0.5, 0.0]], numbers=".1f", title="W")
    >>> [text.get_text() for text in ax.texts]
    ['1.0', '-2.0', '0.5', '0.0']
    """
    table = real_array("values", values, np.float64)
    if table.ndim != 2 or not table.size:
        raise ShapeError(f"a picture of numbers needs a matrix (rows, columns), got shape {table.shape}")
    require_finite("values", table)
    full = float(np.abs(table).max()) if limit is None else positive("limit", limit)
    full = full or 1.0
    rows, columns = table.shape
    ax = style.new_axes(5.0, 5.0 * min(rows / columns, 1.0) + 0.8) if ax is None else ax
    style.dress(ax, title, *labels)
    fields = ax.imshow(
        table, cmap=style.diverging(colour), vmin=-full, vmax=full, aspect="equal", interpolation="nearest",
        origin="upper", alpha=None, interpolation_stage="data", resample=False,
    )  # fmt: skip
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.xaxis.set_ticks(_ticks(columns))
    ax.yaxis.set_ticks(_ticks(rows))
    if numbers:
        _part(ax, rows, columns)
        dark = style.luminance(fields.to_rgba(table)[..., :3]) < _DARK
        for (row, column), value in np.ndenumerate(table):
            ax.text(
                column, row, format(value, numbers), ha="center", va="center", fontsize=style.TICK,
                fontfamily=style.FONT, fontweight="normal", fontstyle="normal",
                color=style.SURFACE if dark[row, column] else style.INK,
            )  # fmt: skip
    return ax


def _part(ax: Axes, rows: int, columns: int) -> None:
    """Thin lines between fields, so that neighbours of one colour are two."""
    ax.vlines(np.arange(1, columns) - 0.5, -0.5, rows - 0.5, color=style.GROUND, linewidth=1)
    ax.hlines(np.arange(1, rows) - 0.5, -0.5, columns - 0.5, color=style.GROUND, linewidth=1)


def _ticks(count: int) -> list[int]:
    """Places from 0, a handful at most, evenly spaced."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, count) if count <= 10 * step)
    return list(range(0, count, step))
