"""Every layer over the steps of a run: how large its numbers are, and how they are spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise.errors import DataError, SettingError
from layerwise.insight.layer_history import LayerHistory, Spread
from layerwise.plots import style
from layerwise.plots.scales import mark_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LINES = 12
_WORDS = {
    "weight": ("Weights", "RMS of the weights"),
    "gradient": ("Gradients", "RMS of the gradient, per weight"),
    "update": ("Updates", "RMS of one update, per weight"),
    "ratio": ("Update / weight", "RMS of one update / RMS of the weights"),
    "activation": ("Activations", "RMS of the output of the layer"),
    "signal": ("Gradients at the outputs", "RMS of ∂C/∂output"),
}
_QUANTITIES = {
    "weight": style.WEIGHT,
    "gradient": style.GRADIENT,
    "update": style.UPDATE,
    "ratio": style.UPDATE,
    "activation": style.ACTIVATION,
    "signal": style.GRADIENT,
}
RULE = 1e-3
"""Of update / weight: a rule of thumb, which many good runs keep near. Source: Karpathy, CS231n notes, 2015."""


def layers_over_time(watched: LayerHistory, kind: str = "ratio", ax: Axes | None = None) -> Axes:
    """One line a layer: the RMS per number of its weights, gradients, updates or activations, over the steps.

    watched: what has listened to the run. kind: "weight", "gradient", "update", "ratio" (update / weight, with a line
    at 10⁻³), "activation" or "signal", the gradient at the outputs. Lines are dark at the output and pale at the input;
    of more than 12 layers the first, the last and some between are drawn. ax: where to draw; unless given, a new
    figure. Returns the axes. Raises DataError before the first step, SettingError for an unknown kind.

    >>> import layerwise as lw
    >>> watch, net = LayerHistory(every=1), lw.Network(lw.Linear(1, 2), lw.Tanh(), lw.Linear(2, 1))
    >>> history = lw.fit(net, ([[0.0], [1.0]], [[1.0], [0.0]]), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1), epochs=3,
    ...                  listeners=[watch])
    >>> [line.get_label() for line in layers_over_time(watch, "weight").lines]
    ['0.weight', '2.weight']
    """
    sizes = watched.of(kind)
    if not watched.steps:
        raise DataError("nothing was recorded: give the LayerHistory to fit as a listener, and train")
    names = _some(list(sizes))
    title, label = _WORDS[kind]
    ax = style.new_axes(6.4, 4.0) if ax is None else ax
    left_out = f"; {len(sizes) - len(names)} of {len(sizes)} layers not drawn" if len(names) < len(sizes) else ""
    style.dress(ax, f"{title} by layer over time{left_out}", "step", f"{label} (logarithmic)")
    drawn = []
    for place, name in enumerate(names):
        strength = 0.45 + 0.55 * place / max(1, len(names) - 1)
        drawn += ax.plot(
            watched.steps, sizes[name], color=style.mix(_QUANTITIES[kind], style.SURFACE, strength), linewidth=1.8,
            linestyle=style.DASHES[place % len(style.DASHES)], marker="none" if len(watched.steps) > 1 else "o",
            markersize=4, label=watched.kinds.get(name, name), zorder=3,
        )  # fmt: skip
    if kind == "ratio":
        ax.axhline(RULE, color=style.LINE_STRONG, linewidth=1, zorder=1, label="_rule of thumb")
    _logarithmic(ax, [sizes[name] for name in names])
    style.key(ax, drawn, handle_length=2.6)
    return ax


def spread_over_time(watched: LayerHistory, name: str, kind: str | None = None, ax: Axes | None = None) -> Axes:
    """The numbers of one layer as a histogram of every step that was looked at, one beside the other.

    watched: with `spreads=True`. name: of a parameter, "0.weight", or of a layer, "1", for its activations. kind:
    "weight" unless given, or "gradient". The bins of each step go from its least number to its greatest; darker is
    more. ax: where to draw; unless given, a new figure. Returns the axes. Raises SettingError or DataError.

    >>> import layerwise as lw
    >>> watch, net = LayerHistory(every=1, spreads=True), lw.Network(lw.Linear(1, 20), lw.Tanh(), lw.Linear(20, 1))
    >>> history = lw.fit(net, ([[0.0], [1.0]], [[1.0], [0.0]]), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1), epochs=3,
    ...                  listeners=[watch])
    >>> spread_over_time(watch, "0.weight").get_title(loc="left")
    'Weights of 0.weight over time; darker is more'
    """
    records = {**watched.layers, **watched.parameters}
    if name not in records:
        raise SettingError(f"nothing is recorded of {name!r}; recorded: {', '.join(records) or 'nothing'}")
    kind = kind or ("weight" if name in watched.parameters else "activation")
    spreads = records[name].spreads.get(kind, [])
    if not spreads:
        raise DataError(f"no spread of the {kind} of {name} was kept: watch with LayerHistory(spreads=True)")
    ax = style.new_axes(6.4, 3.8) if ax is None else ax
    style.dress(ax, f"{_WORDS[kind][0]} of {name} over time; darker is more", "step", kind)
    _columns(ax, spreads, _QUANTITIES[kind])
    return ax


def _columns(ax: Axes, spreads: Sequence[Spread], colour: str) -> None:
    """A column a step, each bin as dark as it holds many numbers; a line at 0 and at the two ends."""
    from matplotlib.collections import PolyCollection

    steps = np.array([each.step for each in spreads], np.float64)
    width = float(np.diff(steps).min()) if len(steps) > 1 else 1.0
    boxes, colours = [], []
    for step, each in zip(steps, spreads, strict=True):
        shares = np.sqrt(each.counts / each.counts.max())  # the root: a spike hides nothing beside it
        for low, high, share in zip(each.edges[:-1], each.edges[1:], shares, strict=True):
            if share:
                left, right = step - width / 2, step + width / 2
                boxes.append([(left, low), (right, low), (right, high), (left, high)])
                colours.append(float(share))
    shades = style.blend(0.12 + 0.88 * np.array(colours), [style.SURFACE, colour])
    ax.add_collection(PolyCollection(boxes, facecolors=shades, edgecolors=shades, linewidths=0.2, zorder=2))
    for pick in (0, -1):
        ax.plot(steps, [each.edges[pick] for each in spreads], color=style.INK_SOFT, linewidth=0.9, zorder=3)
    ax.axhline(0, color=style.LINE_STRONG, linewidth=0.8, zorder=1)
    ends = np.concatenate([each.edges[[0, -1]] for each in spreads])
    room = 0.06 * (np.ptp(ends) or 1.0)
    ax.set(xlim=(steps[0] - width / 2, steps[-1] + width / 2), ylim=(ends.min() - room, ends.max() + room))


def _some(names: list[str]) -> list[str]:
    if len(names) <= _MOST_LINES:
        return names
    places = np.unique(np.linspace(0, len(names) - 1, _MOST_LINES).round().astype(int))
    return [names[place] for place in places]


def _logarithmic(ax: Axes, rows: Sequence[Sequence[float]]) -> None:
    values = np.concatenate([np.asarray(row, np.float64) for row in rows])
    values = values[np.isfinite(values) & (values > 0)]
    if values.size:
        ax.set_yscale("log", nonpositive="mask")
        low, high = float(values.min()), float(values.max())
        ax.set_ylim(low / 1.6, high * 1.6)
        mark_logarithmic(ax.yaxis, low / 1.6, high * 1.6)
    ax.margins(x=0.02)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
