"""Optimizers on one surface: where each of them went, and how many updates it took."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.checks import require_kind, whole_number
from layerwise.insight.descent import Race, Surface
from layerwise.insight.descent import race as run_race
from layerwise.insight.descent.race import Way
from layerwise.plots import style
from layerwise.plots.panels import colour_bar, even_ticks
from layerwise.plots.scales import power

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def race(found: Race | str = "ravine", *, resolution: int = 160, ax: Axes | None = None) -> Axes:
    """Draw a surface by its cost, and on it the way of every optimizer, a dot at the start and a ring where it ended.

    found: what `layerwise.insight.race` returned, or the name of a surface for the usual race on it. resolution: points
    of the surface on each axis. ax: where to draw; unless given, a new figure. Returns the axes. The key tells how many
    updates each one took. What leaves the picture is drawn up to its edge.

    >>> ax = race("ravine", resolution=20)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['descent 0.019: 223 updates', 'momentum 0.01: 100 updates', 'Adam 0.1: 82 updates']
    """
    found = run_race(found) if isinstance(found, str) else found
    require_kind("found", found, Race, "lw.insight.race(...)")
    resolution = whole_number("resolution", resolution, minimum=2)
    ax = style.new_axes(6.4, 5.4) if ax is None else ax
    style.dress(ax, f"Ways down {found.surface.name}", "x", "y")
    _surface(ax, found.surface, found.goal, resolution)
    handles = [
        _way(ax, way, f"{name}: {_told(way, found.limit)}", colour, dash)
        for (name, way), colour, dash in zip(found.ways.items(), cycle(style.CURVES), cycle(style.DASHES), strict=False)
    ]
    ax.set_xlim(found.surface.x)
    ax.set_ylim(found.surface.y)
    even_ticks(ax)
    style.key(ax, handles, handle_length=2.6)
    return ax


def _surface(ax: Axes, surface: Surface, goal: float, resolution: int) -> None:
    """Bands of equal colour, each a step of the logarithm of the cost above its least."""
    across, up = np.linspace(*surface.x, resolution), np.linspace(*surface.y, resolution)
    above = surface.values(*np.meshgrid(across, up)) - surface.low
    most = float(np.log10(above.max()))
    least = max(most - 6, min(most - 2, float(np.log10(max(np.quantile(above, 0.002), 1e-12)))))
    logs = np.log10(np.maximum(above, 10.0**least))
    levels = np.linspace(least, most, 15)
    colours = style.sequential(style.SEQUENTIAL[2], style.SEQUENTIAL[1], style.SEQUENTIAL[0], style.SURFACE)
    bands = ax.contourf(across, up, logs, levels=levels, cmap=colours, zorder=1, extend="neither", algorithm="serial")
    ax.contour(
        across, up, logs, levels=levels[1:-1], colors=[style.LINE_STRONG], linewidths=0.35, linestyles="solid",
        zorder=1.5, algorithm="serial",
    )  # fmt: skip
    whole = [float(each) for each in range(int(np.ceil(least)), int(np.floor(most)) + 1)]
    above_what = "" if surface.low == 0 else f" above {surface.low:g}"
    colour_bar(ax, bands, f"cost{above_what} (logarithmic)", whole, [power(10.0**each) for each in whole])


def _way(ax: Axes, way: Way, label: str, colour: str, dash: Any) -> Any:
    seen = way.places[np.isfinite(way.places).all(axis=1)]
    common: dict[str, Any] = {"zorder": 3, "antialiased": True, "drawstyle": "default"}
    ax.plot(  # paper below the line, so that it stands out from the surface and from those before it
        seen[:, 0], seen[:, 1], color=style.SURFACE, linewidth=3.2, linestyle="solid", alpha=0.75, marker="none",
        label="_paper", solid_joinstyle="round", **common,
    )  # fmt: skip
    (line,) = ax.plot(
        seen[:, 0], seen[:, 1], color=colour, linewidth=1.8, linestyle=dash, label=label, marker="none",
        solid_joinstyle="round", **common,
    )  # fmt: skip
    spot: dict[str, Any] = {"linestyle": "none", "marker": "o", "fillstyle": "full", "markeredgecolor": colour}
    ax.plot(*seen[0], markersize=6, markerfacecolor=style.INK, label="_start", **spot | common | {"zorder": 5})
    ax.plot(
        *seen[-1], markersize=8, markerfacecolor=style.SURFACE, markeredgewidth=1.8, label="_end",
        **spot | common | {"zorder": 4},
    )  # fmt: skip
    return line


def _told(way: Way, limit: int) -> str:
    if way.updates is not None:
        return f"{way.updates:,} updates"
    return "diverges" if way.diverged else f"not there after {limit:,}"
