"""The loss around a network as a map, with the way of the optimizer on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layerwise.checks import require_kind
from layerwise.errors import DataError
from layerwise.insight.descent.landscape import Landscape
from layerwise.plots import style
from layerwise.plots.panels import colour_bar, even_ticks
from layerwise.plots.scales import power
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE = 20.0
"""From this ratio of the largest loss to the smallest, colours go by the logarithm."""


def landscape(found: Landscape, ax: Axes | None = None) -> Axes:
    """Draw the loss in a plane through the parameters: the darker the lower, lines of equal loss, and the way.

    found: what `layerwise.insight.landscape` returned. ax: where to draw; unless given, a new figure. Returns the axes.
    A dot marks the start of the way, a ring the network as it is. The title says how much of the way the plane holds:
    where that is little, the way in the picture is a shadow, and the losses under it are not those that were met.

    >>> import layerwise as lw
    >>> from layerwise import insight
    >>> net, x = lw.mlp(2, 4, 1), np.ones((3, 2), np.float32)
    >>> ax = landscape(insight.landscape(net, x, x[:, :1], lw.MSELoss(), resolution=5))
    >>> ax.get_title(loc="left")
    'Loss around the network, in two random directions'
    """
    require_kind("found", found, Landscape, "lw.insight.landscape(...)")
    finite = found.losses[np.isfinite(found.losses)]
    if not finite.size:
        raise DataError("no loss in this plane is a finite number: choose a smaller span")
    ax = style.new_axes(6.4, 5.2) if ax is None else ax
    unit = "own sizes of the filters" if found.kind == "random" else "distance in the space of parameters"
    style.dress(ax, _title(found), f"first direction ({unit})", "second direction")
    _map(ax, found, finite)
    handles = _way(ax, found)
    (mark,) = ax.plot(
        0, 0, linestyle="none", marker="o", markersize=9, markerfacecolor=style.SURFACE, fillstyle="full",
        markeredgecolor=style.INK, markeredgewidth=1.8, zorder=6, label="the network as it is",
    )  # fmt: skip
    ax.set_xlim(found.a[0], found.a[-1])
    ax.set_ylim(found.b[0], found.b[-1])
    even_ticks(ax)
    style.key(ax, [*handles, mark])
    return ax


def _title(found: Landscape) -> str:
    if found.held is None:
        return f"Loss around the network, in two {'random directions' if found.kind == 'random' else 'directions'}"
    directions = "random directions" if found.kind == "random" else "directions of the path"
    return f"Loss in two {directions}; they hold {100 * found.held:.0f} % of the way"


def _map(ax: Axes, found: Landscape, finite: Array) -> None:
    low, high = float(finite.min()), float(finite.max())
    logarithmic = low > 0 and high / low > _WIDE
    top = high if logarithmic else min(high, low + 8 * (float(np.quantile(finite, 0.75)) - low) or high)
    losses = np.minimum(np.where(np.isfinite(found.losses), found.losses, top), top)
    values = np.log10(losses) if logarithmic else losses
    levels = np.linspace(values.min(), values.max() + 1e-12 + 1e-9 * abs(values.max()), 17)
    colours = style.sequential(style.SEQUENTIAL[3], style.SEQUENTIAL[2], style.SEQUENTIAL[1], style.SEQUENTIAL[0])
    bands = ax.contourf(
        found.a, found.b, values, levels=levels, cmap=colours, zorder=1, extend="neither", algorithm="serial"
    )
    ax.contour(
        found.a, found.b, values, levels=levels[1:-1], colors=[style.SURFACE], linewidths=0.5, linestyles="solid",
        zorder=1.5, algorithm="serial",
    )  # fmt: skip
    if logarithmic:
        marks = _round_between(float(values.min()), float(values.max()))
        places = [float(np.log10(each)) for each in marks]
        colour_bar(ax, bands, "loss (logarithmic)", places, [power(each) for each in marks])
    else:
        colour_bar(ax, bands, "loss", *_even(float(values.min()), float(values.max())))


def _round_between(low: float, high: float) -> list[float]:
    """Powers of ten between two logarithms, or where there are few, 2 and 5 times them as well."""
    factors = (1.0,) if high - low > 3 else (1.0, 2.0, 5.0)
    found = [f * 10.0**k for k in range(int(np.floor(low)), int(np.ceil(high)) + 1) for f in factors]
    return [each for each in found if low <= np.log10(each) <= high]


def _even(low: float, high: float) -> tuple[list[float], list[str]]:
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    inside = [float(tick) for tick in ticks if low <= tick <= high]
    return inside, [f"{tick:g}" for tick in inside]


def _way(ax: Axes, found: Landscape) -> list[object]:
    if found.way is None or found.way_losses is None:
        return []
    x, y = found.way.T
    (line,) = ax.plot(
        x, y, color=style.INK, linewidth=1.4, linestyle="solid", marker="o", markersize=2.6, markeredgewidth=0,
        markerfacecolor=style.INK, zorder=4, drawstyle="default", solid_joinstyle="round", antialiased=True,
        label=f"the way: loss {found.way_losses[0]:.3g} to {found.way_losses[-1]:.3g}",
    )  # fmt: skip
    ax.plot(
        x[0], y[0], linestyle="none", marker="s", markersize=6, markerfacecolor=style.INK, markeredgewidth=0, zorder=5,
        label="_start", fillstyle="full",
    )  # fmt: skip
    return [line]
