"""How activations and gradients change from the input of a network to its output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise.errors import DataError
from layerwise.insight.depth import Depth
from layerwise.plots import style
from layerwise.plots.scales import mark_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMES = 16
_LETTERS = 64
"""Of the names in one line."""


def gradient_flow(layers: Sequence[Depth], ax: Axes | None = None) -> Axes:
    """Two lines from the input to the output: the size of the activations, and that of the gradient at them.

    layers: of `lw.insight.through_depth`. Sizes are RMS per number, so that wide and narrow layers compare. The title
    says how the gradient changes from the last layer back to the first. ax: where to draw; unless given, a new figure.
    Returns the axes. Raises DataError for a network without layers.

    >>> found = [Depth("0", "Linear(2, 2)", 1.0, 0.001, {}), Depth("1", "Linear(2, 2)", 1.0, 0.1, {})]
    >>> gradient_flow(found).get_title(loc="left")
    'The gradient at the first layer is 0.01 of that at the last'
    """
    if not layers:
        raise DataError("there is no layer to draw")
    places = np.arange(len(layers))
    ax = style.new_axes(6.4, 4.0) if ax is None else ax
    first, last = layers[0].signal, layers[-1].signal
    title = "Activations and gradients through depth"
    if np.isfinite([first, last]).all() and last > 0 and len(layers) > 1:
        title = f"The gradient at the first layer is {first / last:.2g} of that at the last"
    style.dress(ax, title, "layer, from the input to the output", "RMS per number (logarithmic)")
    drawn = []
    for label, colour, mark, values in (
        ("activations", style.ACTIVATION, "o", [each.activation for each in layers]),
        ("gradient of the cost at them", style.GRADIENT, "s", [each.signal for each in layers]),
    ):
        drawn += ax.plot(places, values, color=colour, marker=mark, markersize=4, linewidth=1.8, label=label, zorder=3)
    sizes = np.array([[each.activation, each.signal] for each in layers])
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if sizes.size:
        low, high = float(sizes.min() / 2), float(sizes.max() * 2)
        ax.set_yscale("log", nonpositive="mask")
        ax.set_ylim(low, high)
        mark_logarithmic(ax.yaxis, low, high)
    step = -(-len(layers) // _MOST_NAMES)
    shown = places[::step]
    names = [_name(layers[place]) for place in shown]
    crowded = sum(map(len, names)) > _LETTERS
    ax.set_xticks(shown, names, rotation=90 if crowded else 0)
    ax.margins(x=0.08)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, drawn)
    return ax


def _name(layer: Depth) -> str:
    """The address and what it is: "0 Linear"."""
    return f"{layer.address} {layer.layer.partition('(')[0]}".strip()
