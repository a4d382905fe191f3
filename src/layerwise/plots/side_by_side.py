"""An experiment side by side: what each arm did, and the number that decides."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.checks import require_kind
from layerwise.errors import SettingError
from layerwise.insight.side_by_side import SideBySide
from layerwise.insight.side_by_side.result import brief
from layerwise.plots import style
from layerwise.plots.panels import even_ticks, light_grid, words
from layerwise.plots.scales import mark_logarithmic
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS = 42
"""Of the name of the right panel's axis, in a line."""
_SPREAD = 100.0
"""From this ratio of the largest to the smallest deciding number, their axis is logarithmic."""
_BELOW = 0.21
"""How far the dots of an arm stand below the middle of its row, whose upper half has the words."""


def side_by_side(found: SideBySide, ax: Axes | None = None) -> Axes:
    """Draw an experiment: the curves of all seeds, the middle one strong; beside them the number that decides.

    found: what an experiment of `layerwise.insight.side_by_side` returned; at most six arms. ax: where to draw, split
    in two; unless given, a new figure. Returns the axes of the curves; `ax.figure` holds the rest. In the right panel
    each dot is a seed, and the line with its number the median.

    >>> from layerwise.insight.side_by_side import learning_rates
    >>> ax = side_by_side(learning_rates([0.01, 1.0], epochs=3, seeds=2))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['rate 0.01', 'rate 1']
    """
    require_kind("found", found, SideBySide, "lw.insight.side_by_side.learning_rates()")
    if len(found.arms) > len(style.CURVES):
        raise SettingError(f"one picture shows {len(style.CURVES)} arms at most, got {len(found.arms)}: leave some out")
    ax = style.new_axes(9.0, 4.0) if ax is None else ax
    beside = _split_right(ax)
    style.dress(ax, found.title, found.x_label, found.y_label)
    _curves(ax, found)
    style.dress(beside, "", textwrap.fill(found.measure, _LETTERS), "")
    _numbers(beside, found)
    return ax


def _curves(ax: Axes, found: SideBySide) -> None:
    handles, few = [], len(found.x) <= 12
    for number, arm in enumerate(found.arms):
        colour = style.CURVES[number]
        shown = np.where(np.isfinite(arm.curves) & ((arm.curves > 0) | ("y" not in found.log)), arm.curves, np.nan)
        if found.joined:
            for seed in shown:
                ax.plot(found.x, seed, color=colour, alpha=0.3, label="_seed", **_line(0.8, "solid", "none"))
            how = _line(2.0, style.DASHES[number], "o" if few else "none")
        else:
            how = _line(2.0, "none", style.MARKERS[number])
        (line,) = ax.plot(found.x, _median(shown), color=colour, markerfacecolor=colour, label=arm.name, **how)
        handles.append(line)
    finite = np.concatenate([arm.curves[np.isfinite(arm.curves)] for arm in found.arms])
    even_ticks(ax)
    for letter, axis, values in (("x", ax.xaxis, found.x), ("y", ax.yaxis, finite)):
        if letter in found.log and (values > 0).any():
            ax.set(**{f"{letter}scale": "log"})
            mark_logarithmic(axis, float(values[values > 0].min()), float(values.max()))
    ax.margins(x=0.02, y=0.06)
    light_grid(ax)
    style.key(ax, handles, handle_length=2.6)


def _median(curves: Array) -> Array:
    """The middle of the seeds, place by place; nothing where half of them or more have diverged."""
    known = np.isfinite(curves)
    middle = np.full(curves.shape[1], np.nan)
    enough = known.sum(axis=0) > len(curves) / 2
    middle[enough] = np.median(np.where(known, curves, np.inf)[:, enough], axis=0)
    return middle


def _line(width: float, dash: Any, marker: str) -> dict[str, Any]:
    return {
        "linewidth": width, "linestyle": dash, "marker": marker, "markersize": 4.0 if dash != "none" else 5.5,
        "markeredgewidth": 0, "solid_capstyle": "round", "drawstyle": "default", "zorder": 3 if width > 1 else 2,
        "antialiased": True,
    }  # fmt: skip


def _numbers(ax: Axes, found: SideBySide) -> None:
    """A row for each arm, from the top: its seeds as dots, and the median as a number."""
    finite = np.concatenate([arm.numbers[np.isfinite(arm.numbers)] for arm in found.arms])
    wide = finite.size > 0 and finite.min() > 0 and finite.max() / finite.min() > _SPREAD
    if wide:
        ax.set_xscale("log")
    for row, arm in enumerate(found.arms):
        numbers = arm.numbers[np.isfinite(arm.numbers)]
        apart = row + _BELOW + (np.linspace(-0.13, 0.13, len(numbers)) if len(numbers) > 1 else np.zeros(len(numbers)))
        ax.scatter(
            numbers, apart, s=26, c=style.CURVES[row], edgecolors=style.SURFACE, linewidths=0.7, marker="o", zorder=4,
        )  # fmt: skip
        told = f"{arm.name}: {brief(arm.median)}"
        words(ax, 0.02, row - 0.2, told, transform=ax.get_yaxis_transform())
        if np.isfinite(arm.median):
            ax.plot(
                [arm.median] * 2, [row + _BELOW - 0.19, row + _BELOW + 0.19], color=style.INK, linewidth=1.6,
                linestyle="solid", marker="none", zorder=5, label="_median",
            )  # fmt: skip
    ax.set_ylim(len(found.arms) - 0.4, -0.5)
    ax.yaxis.set_ticks([])
    ax.spines["left"].set_visible(False)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if wide:
        ax.set_xlim(low / 2, high * 2)
        mark_logarithmic(ax.xaxis, low / 2, high * 2)
    else:
        low = min(low, 0.0)
        room = 0.06 * (high - low) or 1.0
        ax.set_xlim(low - room, high + room)
        _few_ticks(ax)
    light_grid(ax, "x")


def _few_ticks(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=False, useLocale=False))


def _split_right(ax: Axes) -> Axes:
    """Give the right two fifths of the place of these axes to a new pair."""
    figure, place = ax.figure, ax.get_subplotspec()
    if place is not None:
        halves = place.subgridspec(1, 2, width_ratios=[1.55, 1], wspace=0.06)
        ax.set_subplotspec(halves[0])
        return figure.add_subplot(halves[1])
    box = ax.get_position()
    ax.set_position((box.x0, box.y0, 0.57 * box.width, box.height))
    return figure.add_axes((box.x0 + 0.64 * box.width, box.y0, 0.36 * box.width, box.height))
