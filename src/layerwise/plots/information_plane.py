"""The information plane: where each layer stands between the input and the target, and how training moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layerwise.checks import require_kind
from layerwise.errors import DataError, SettingError
from layerwise.insight.information_path import InformationPath
from layerwise.plots import style
from layerwise.plots.panels import even_ticks, light_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def information_plane(path: InformationPath, ax: Axes | None = None) -> Axes:
    """Draw, for each layer, I(X; T) across and I(T; Y) up, from the first epoch (small) to the last (ringed).

    path: a listener that a run was given; at most six layers. ax: where to draw; unless given, a new figure. Returns
    the axes. The dotted line is log2 N, the most that N rows can show: a layer that stands there has a cell for each
    row, and then the number tells of the sample and not of the network; the title says so.

    >>> import layerwise as lw
    >>> x, y = np.eye(4), np.arange(4) % 2
    >>> path = InformationPath(x, y, width=0.1)
    >>> history = lw.fit(lw.mlp(4, 3, 2), (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), epochs=2,
    ...                  listeners=[path])
    >>> information_plane(path).get_xlabel()
    'I(X; T): what the layer tells of the input (bits)'
    """
    require_kind("path", path, InformationPath, "lw.insight.InformationPath(x, y, width=0.1)")
    if not path.points:
        raise DataError("this path has no points yet: pass it to a run, listeners=[path], and train")
    if len(path.points) > len(style.CURVES):
        raise SettingError(
            f"one picture shows {len(style.CURVES)} layers at most, got {len(path.points)}: choose layers="
        )
    ax = style.new_axes(6.4, 4.6) if ax is None else ax
    style.dress(
        ax, _title(path), "I(X; T): what the layer tells of the input (bits)",
        "I(T; Y): what it tells of the target (bits)",
    )  # fmt: skip
    handles = []
    for number, (address, found) in enumerate(path.points.items()):
        x, y = np.array([[each.input_bits, each.target_bits] for each in found]).T
        colour, marker = style.CURVES[number], style.MARKERS[number]
        (line,) = ax.plot(
            x, y, color=colour, linewidth=1.2, alpha=0.9, linestyle=style.DASHES[number], marker=marker, markersize=3.5,
            markeredgewidth=0, markerfacecolor=colour, zorder=3, drawstyle="default", label=f"layer {address}",
        )  # fmt: skip
        ax.plot(
            x[-1], y[-1], linestyle="none", marker=marker, markersize=9, markerfacecolor=style.SURFACE,
            markeredgecolor=colour, markeredgewidth=1.8, zorder=4, label="_last", fillstyle="full",
        )  # fmt: skip
        handles.append(line)
    first = next(iter(path.points.values()))[0]
    ceiling, samples = first.ceiling, first.samples
    handles.append(
        ax.axvline(
            ceiling, color=style.LINE_STRONG, linewidth=0.9, linestyle=(0, (1.2, 1.6)), marker="none", zorder=2,
            label=f"log₂ {samples:,}, the most that the rows can show",
        )
    )  # fmt: skip
    ax.margins(x=0.06, y=0.08)
    ax.set_xlim(left=0, right=ceiling * 1.04)
    ax.set_ylim(bottom=0)
    even_ticks(ax)
    light_grid(ax, "both")
    style.key(ax, handles, handle_length=2.6)
    return ax


def _title(path: InformationPath) -> str:
    last = [found[-1] for found in path.points.values()]
    samples = last[0].samples
    if all(each.cells > samples / 5 for each in last):
        return f"Information plane: bins of {path.width:g} are too fine for {samples:,} rows"
    return f"Information plane, epoch {path.epochs[0]} to {path.epochs[-1]}, bins of {path.width:g}"
