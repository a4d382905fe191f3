"""Settings that were tried, and how good each was: a panel for each setting that varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise.arrays import real_array
from layerwise.errors import DataError, ShapeError
from layerwise.plots import style
from layerwise.plots.scales import mark_logarithmic
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE = 8.0
"""From this ratio of the largest to the smallest on, values are drawn on a logarithmic axis."""
_FEW = 6
"""Up to so many different numbers, which come again and again, are choices, and each has a place."""
_SHADES = 0.55
"""Of the way from nothing to most: how much the shades take of it, at its dark end."""


def tried(
    settings: Sequence[Mapping[str, str]], losses: Sequence[float], epochs: Sequence[int], *, best: int | None = None
) -> list[Axes]:
    """Draw the loss of each trial over each of its settings; the darker a point, the longer it was trained.

    settings: name to value, as text, for each trial. losses: on the validation part; what is not finite is left out,
    and its number stated. epochs: that each was trained for. best: the number of the trial to ring. Returns the axes,
    a panel for each setting. Raises ShapeError and DataError for what does not fit.

    >>> axes = tried([{"lr": "0.1"}, {"lr": "0.001"}], [0.3, 0.8], [9, 3], best=0)
    >>> axes[0].get_xlabel(), axes[0].get_xscale()
    ('lr', 'log')
    """
    loss, trained = real_array("losses", losses), real_array("epochs", epochs)
    if not len(settings) == len(loss) == len(trained):
        raise ShapeError(f"there are {len(settings)} trials, {len(loss)} losses and {len(trained)} counts of epochs")
    shown = np.isfinite(loss)
    if not shown.any():
        raise DataError("no trial has a loss, so there is nothing to draw")
    names = list(settings[0])
    panels = style.new_panels(len(names), max(4.2, 2.9 * len(names)), 3.6)
    failed = f"; {np.count_nonzero(~shown)} failed" if not shown.all() else ""
    for place, (name, ax) in enumerate(zip(names, panels, strict=True)):
        title = f"{len(settings)} settings tried{failed}" if place == 0 else ""
        style.dress(ax, title, name, "validation loss" if place == 0 else "")
        across = _across(ax, [each[name] for each in settings])
        _points(ax, across[shown], loss[shown], trained[shown])
        if best is not None:
            ax.scatter(across[best], loss[best], s=150, facecolors="none", edgecolors=style.POSITIVE, linewidths=1.8,
                       zorder=5)  # fmt: skip
        ax.margins(x=0.09)
        _upright(ax, loss[shown])
        ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, alpha=0.7)
    _explain(panels[0], trained[shown], best is not None)
    return panels


def _points(ax: Axes, across: Array, loss: Array, trained: Array) -> None:
    """Those that were trained longest on top, and darkest."""
    order = np.argsort(trained, kind="stable")
    ax.scatter(
        across[order], loss[order], s=34, c=[_shade(each, trained) for each in trained[order]],
        edgecolors=style.SURFACE, linewidths=0.8, zorder=3,
    )  # fmt: skip


def _shade(epochs: float, trained: Array) -> tuple[float, float, float]:
    """From light to dark by rounds, not by epochs, which are three times as many in each."""
    rounds = np.unique(trained)
    place = int(np.searchsorted(rounds, epochs))
    share = 1.0 if len(rounds) == 1 else 1 - _SHADES + _SHADES * place / (len(rounds) - 1)
    red, green, blue, _ = style.sequential()(share)
    return float(red), float(green), float(blue)


def _across(ax: Axes, values: list[str]) -> Array:
    """Where on the axis each value stands: by its size if all are numbers, else side by side, a place for each."""
    try:
        numbers = np.array([float(value) for value in values])
    except ValueError:
        return _places(ax, values)
    different = np.unique(numbers)
    if len(different) <= _FEW and len(different) < len(numbers):  # choices
        return _places(ax, values)
    if different[0] > 0 and different[-1] / different[0] >= _WIDE:
        ax.set_xscale("log")
        mark_logarithmic(ax.xaxis, different[0], different[-1])
    return numbers


def _places(ax: Axes, values: list[str]) -> Array:
    names = sorted(set(values), key=_in_order)
    ax.set_xticks(range(len(names)), names)
    return np.array([names.index(value) for value in values], dtype=float)


def _in_order(value: str) -> tuple[bool, float, str]:
    """Numbers by size, lists of numbers by the first, words last."""
    try:
        return False, float(value.split(",")[0]), value
    except ValueError:
        return True, 0.0, value


def _upright(ax: Axes, loss: Array) -> None:
    if loss.min() > 0 and loss.max() / loss.min() >= _WIDE:
        ax.set_yscale("log")
        mark_logarithmic(ax.yaxis, float(loss.min()), float(loss.max()))


def _explain(ax: Axes, trained: Array, ringed: bool) -> None:
    """A point for each length of training, and the ring."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="o", linestyle="none", markersize=6, color=_shade(each, trained),
               label=f"{each:.0f} epoch{'s' if each != 1 else ''}")
        for each in np.unique(trained)
    ]  # fmt: skip
    if ringed:
        handles.append(
            Line2D(
                [],
                [],
                marker="o",
                linestyle="none",
                markersize=9,
                markerfacecolor="none",
                markeredgecolor=style.POSITIVE,
                markeredgewidth=1.6,
                label="best",
            )
        )
    style.key(ax, handles, handle_length=0.8)
