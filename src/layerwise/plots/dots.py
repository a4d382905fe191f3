"""Rows of dots: the same few numbers of many things, each row a name, each kind of number a marker of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _AROUND = 0.3, 1.25
"""Inches of a row, and of all that is around them."""


def dots(
    names: Sequence[str],
    kinds: Mapping[str, Sequence[Any]],
    *,
    title: str = "",
    label: str = "",
    bold: Sequence[str] = (),
    zero: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a row for each name, from above; where a row has several numbers, a stroke stands at their mean.

    names: R, of the rows. kinds: name to R entries, each a number or several, NaN for none; at most eight kinds. label:
    of the axis of numbers. bold: rows to make stand out. zero: draw a line at 0. ax: where to draw; unless given, a new
    figure as high as its rows need. Returns the axes. Raises ShapeError or SettingError for what does not fit.

    >>> ax = dots(["linear", "forest"], {"folds": [[0.5, 0.7], [0.8, 0.9]]}, label="skill")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['linear', 'forest']
    """
    if not 1 <= len(kinds) <= len(style.CLASSES):
        raise SettingError(f"kinds must be 1 to {len(style.CLASSES)}, got {len(kinds)}")
    for kind, entries in kinds.items():
        if len(entries) != len(names):
            raise ShapeError(f"{kind!r} must have an entry for each of {len(names)} names, it has {len(entries)}")
    ax = style.new_axes(6.4, _AROUND + _ROW * max(2, len(names))) if ax is None else ax
    style.dress(ax, title, label, "")
    if zero:
        ax.axvline(0, color=style.INK_FAINT, linewidth=1, zorder=1)
    drawn = [_kind(ax, entries, kind, number) for number, (kind, entries) in enumerate(kinds.items())]
    ax.set_yticks(range(len(names)), labels=list(names))
    for text, name in zip(ax.get_yticklabels(), names, strict=True):
        text.set(color=style.INK, fontweight="bold" if name in bold else "normal")
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.margins(x=0.04)
    ax.grid(True, which="major", axis="x", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    if len(drawn) > 1:
        style.key(ax, drawn)
    return ax


def _kind(ax: Axes, entries: Sequence[Any], name: str, number: int) -> Any:
    """The dots of one kind; those of several kinds stand a little apart."""
    rows = [np.atleast_1d(real_array(f"an entry of {name!r}", entry, np.float64)) for entry in entries]
    across = np.concatenate(rows)
    up = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    many = any(len(row) > 1 for row in rows)
    colour = style.CLASSES[number]
    drawn = ax.scatter(
        across, up, s=34 * style.MARKER_SIZES[number], c=colour, marker=style.MARKERS[number], label=name,
        alpha=0.45 if many else 0.95, linewidths=0, zorder=3,
    )  # fmt: skip
    if many:
        _strokes(ax, rows, colour)
    return drawn


def _strokes(ax: Axes, rows: Sequence[Array], colour: str) -> None:
    places = np.array([place for place, row in enumerate(rows) if np.isfinite(row).sum() > 1])
    means = [float(np.nanmean(rows[place])) for place in places]
    ax.vlines(means, places - 0.32, places + 0.32, color=colour, linewidth=2.2, zorder=4)
