"""Activation functions, each with its slope: what goes on, and how much of a gradient comes back."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.checks import one_of, positive
from layerwise.errors import KindError
from layerwise.layers import LAYERS, Identity, Layer
from layerwise.layers.activation import Activation, RowActivation
from layerwise.network import Network
from layerwise.plots import style
from layerwise.plots.panels import even_ticks, grid, light_grid, zero_lines
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 1001
_WIDE = 30.0
"""So far from 0 every slope has come to its limit."""
_HIGHEST = 3.0
"""Beyond this rectifiers are straight lines."""


def activation(layer: str | Layer, *, span: float = 5.0, ax: Axes | None = None) -> Axes:
    """Draw one activation and its derivative over z, both computed by the layer itself.

    layer: the name of one in the registry, such as "Sigmoid", or a layer with settings, such as `lw.LeakyReLU(0.2)`,
    one's own included, that works on every number for itself. span: z goes from -span to span. ax: where to draw;
    unless given, a new figure. Returns the axes. The title tells the steepest slope anywhere: where it is
    below 1, a row of such layers lets gradients vanish. Raises SettingError and KindError for what is no such layer.

    >>> activation("Sigmoid").get_title(loc="left")
    'Sigmoid: steepest slope 0.25'
    """
    layer = _layer(layer)
    z = np.linspace(-positive("span", span), span, _POINTS)
    a, slope = _value_and_slope(layer, z)
    _, anywhere = _value_and_slope(layer, np.linspace(-_WIDE, _WIDE, 20 * _POINTS))
    ax = style.new_axes(4.6, 3.6) if ax is None else ax
    steepest = f"{max(slope.max(), anywhere.max()):.2f}".rstrip("0").rstrip(".")
    style.dress(ax, f"{_name(layer)}: steepest slope {steepest}", "z", "value and slope")
    zero_lines(ax)
    light_grid(ax)
    (value,) = ax.plot(z, a, label="a = f(z)", color=style.ACTIVATION, **_LINE)
    (derivative,) = ax.plot(z, slope, label="f'(z)", color=style.GRADIENT, **_LINE | {"linestyle": (0, (5, 2))})
    ax.set_xlim(-span, span)
    ax.margins(y=0.08)
    even_ticks(ax)
    style.key(ax, [value, derivative], handle_length=2.6)
    return ax


def activations(layers: Sequence[str | Layer] | None = None, *, span: float = 5.0) -> list[Axes]:
    """All activations of the registry, each in a panel of its own with its derivative, on one scale.

    layers: which ones, by name or as layers; unless given, all that work on every number for itself, a learner's own
    registered ones included. Returns the panels; `panels[0].figure` is the figure.

    >>> [ax.get_title(loc="left").split(":")[0] for ax in activations(["ReLU", "Tanh"])]
    ['ReLU', 'Tanh']
    """
    chosen = elementwise() if layers is None else [_layer(each) for each in layers]
    panels = grid(len(chosen), 3, 3.3, 2.9)
    drawn = [activation(each, span=span, ax=ax) for each, ax in zip(chosen, panels, strict=True)]
    lowest, highest = min(ax.get_ylim()[0] for ax in drawn), max(ax.get_ylim()[1] for ax in drawn)
    for ax in drawn:
        ax.set_ylim(lowest, min(highest, _HIGHEST))
    return drawn


def elementwise() -> list[Layer]:
    """The registered activations that work on every number for itself, with their usual settings."""
    found = []
    for kind in LAYERS.values():
        ours = issubclass(kind, Activation) and not issubclass(kind, RowActivation) and kind is not Identity
        if ours and all(each.default is not each.empty for each in inspect.signature(kind).parameters.values()):
            found.append(kind())
    return found


def _layer(layer: str | Layer) -> Layer:
    if isinstance(layer, str):
        names = {type(each).__name__: each for each in elementwise()}
        return names[one_of("layer", layer, names)]
    if not isinstance(layer, Layer) or layer.parameters:
        raise KindError(f"layer must be an activation, by name or as a layer such as lw.ReLU(); got {layer!r:.60}")
    return layer


def _name(layer: Layer) -> str:
    """Its name, with those settings that are not the usual ones."""
    return repr(layer).removesuffix("()")


def _value_and_slope(layer: Layer, z: Array) -> tuple[Array, Array]:
    """What the layer makes of (N,) numbers, and its derivative there."""
    net = Network(layer, dtype="float64")
    a, backward = net.forward(z[:, None])
    if a.shape != (len(z), 1):
        raise KindError(f"{layer!r} is no function of one number: it makes {a.shape} of {(len(z), 1)}")
    slope = backward(np.ones_like(a))
    assert slope is not None
    return a[:, 0], slope[:, 0]


_LINE: dict[str, Any] = {
    "linewidth": 1.8, "marker": "none", "solid_capstyle": "round", "drawstyle": "default", "zorder": 3,
    "antialiased": True, "linestyle": "solid",
}  # fmt: skip
