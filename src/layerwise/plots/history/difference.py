"""Two runs by what differs only: where they part, and how far apart they go."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.insight.run_difference import RunDifference
from layerwise.plots import style
from layerwise.plots.curves import split_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_SETTINGS = 3
_LETTERS = 62
"""Of the title in one line."""


def run_difference(found: RunDifference, ax: Axes | None = None) -> Axes:
    """Above both runs, the shared stretch in grey; below the other minus the pinned one. A line marks where they part.

    found: of `lw.insight.difference_of`. ax: where to draw the upper picture; the lower one takes a third of its place;
    unless given, a new figure. Returns the upper axes.

    >>> from layerwise.insight.run_difference import difference_of
    >>> tables = {"seed": 0}, {"seed": 1}
    >>> ax = run_difference(difference_of({"val_loss": [1.0, 0.5]}, {"val_loss": [1.0, 0.7]}, tables))
    >>> ax.get_title(loc="left")
    'seed 0 → 1; the runs part at epoch 2'
    """
    ax = style.new_axes(6.4, 4.4) if ax is None else ax
    lower = split_below(ax)
    style.dress(ax, "\n".join(textwrap.wrap(_title(found), _LETTERS)), "", found.name.replace("_", " "))
    style.dress(lower, "", "epoch", "difference")
    pinned, other = (np.arange(1, len(each) + 1) for each in (found.pinned, found.other))
    drawn: list[Any] = [
        *ax.plot(
            pinned, found.pinned, color=style.INK_SOFT, linestyle=style.RUNS[0], linewidth=1.4, label="pinned run"
        ),
        *ax.plot(other, found.other, color=style.ACCENT, linestyle=style.RUNS[1], linewidth=2.0, label="other run"),
    ]
    difference = found.difference
    steps = np.arange(1, len(difference) + 1)
    lower.fill_between(
        steps, 0, difference, where=difference >= 0, color=style.POSITIVE, alpha=0.55, linewidth=0, interpolate=True
    )
    lower.fill_between(
        steps, 0, difference, where=difference <= 0, color=style.NEGATIVE, alpha=0.55, linewidth=0, interpolate=True
    )
    lower.plot(steps, difference, color=style.INK, linewidth=1.2)
    lower.axhline(0, color=style.LINE_STRONG, linewidth=1, zorder=1)
    for each in (ax, lower):
        if found.parted is not None:
            each.axvline(found.parted, color=style.INK_FAINT, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        each.set_xlim(0.5, max(len(found.pinned), len(found.other)) + 0.5)
        each.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    ax.tick_params(labelbottom=False)
    style.key(ax, drawn, handle_length=2.6)
    return ax


def _title(found: RunDifference) -> str:
    changes = [f"{path} {before} → {after}" for path, before, after in found.settings]
    if len(changes) > _MOST_SETTINGS:
        changes = [*changes[:_MOST_SETTINGS], f"{len(changes) - _MOST_SETTINGS} more"]
    where = "the runs never part" if found.parted is None else f"the runs part at epoch {found.parted:,}"
    return f"{', '.join(changes) or 'no setting differs'}; {where}"
