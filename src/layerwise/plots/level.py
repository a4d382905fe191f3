"""A level in a picture that is there already: a floor that no loss should come under, a line that a guess reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layerwise.checks import number
from layerwise.errors import KindError
from layerwise.plots import style
from layerwise.plots.panels import words
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def level(ax: Axes, value: float, name: str) -> Axes:
    """Draw a level line with its name on it into axes that a plot returned, and return them.

    value: in the unit of the axis up. name: a few words, written above the line where there is more room. The limits
    grow where they must. A loss below the entropy of its own labels has learnt noise by heart:

    >>> from layerwise.plots import loss_curve
    >>> ax = level(loss_curve({"train_loss": [0.6, 0.4, 0.2]}), 0.325, "10 % of the labels are flipped: 0.325 nats")
    >>> [text.get_text() for text in ax.texts]
    ['10 % of the labels are flipped: 0.325 nats']
    """
    if not hasattr(ax, "get_figure"):
        raise KindError(f"ax must be axes that a plot returned, got {ax!r:.60}")
    value = number("value", value)
    low, high = ax.get_ylim()
    if ax.get_yscale() == "log":
        low, high = min(low, value / 1.5), max(high, value * 1.5)
    else:
        low = min(low, value - 0.06 * (high - low))
        high = max(high, value + 0.14 * (value - low))
    ax.axhline(
        value, color=style.SERIOUS, linewidth=1.2, linestyle=(0, (5, 2)), marker="none", zorder=2.5, label="_level"
    )
    ax.set_ylim(low, high)
    right = _crowded(ax, value, 0.0, 0.5) > _crowded(ax, value, 0.5, 1.0)
    words(
        ax, 0.99 if right else 0.01, value, name, transform=ax.get_yaxis_transform(), ha="right" if right else "left",
        va="bottom", color=style.SERIOUS,
        bbox={"facecolor": style.SURFACE, "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
    )  # fmt: skip
    return ax


def _crowded(ax: Axes, value: float, start: float, end: float) -> int:
    """How many points of curves lie where the name would stand, in the left half of the axes or in the right one."""
    level_at = ax.transAxes.inverted().transform(ax.transData.transform((ax.get_xlim()[0], value)))[1]
    count = 0
    for line in ax.get_lines():
        if str(line.get_label()) != "_level" and len(np.atleast_1d(line.get_xdata())) > 2:
            x, y = (
                ax.transAxes.inverted()
                .transform(ax.transData.transform(_dense(np.asarray(line.get_xydata(), np.float64))))
                .T
            )
            count += int(((x >= start) & (x <= end) & (y > level_at - 0.02) & (y < level_at + 0.09)).sum())
    return count


def _dense(points: Array) -> Array:
    """A curve with points between its points."""
    place = np.linspace(0, len(points) - 1, 200)
    return np.stack([np.interp(place, np.arange(len(points)), each) for each in points.T], axis=1)
