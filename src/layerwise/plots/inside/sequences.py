"""Inside a sequence: the gates of an LSTM step by step with the gradient at each, and who attends to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.curves import split_below
from layerwise.plots.scales import mark_logarithmic
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GATES = ("input", "forget", "reset", "update", "candidate", "output", "cell")
"""What recurrent layers show inside, in the order in which it is drawn."""
_WORDS = {"candidate": "candidate", "cell": "cell state"}
_MOST_TOKENS = 32


def gates(
    values: Mapping[str, Any], *, gradient: Any = None, sample: int = 0, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the gates of a recurrent layer over time for one sample: the mean over its units, and the middle half.

    values: gate to numbers (N, T, H), as a recorder has them, `recorder.values["0"]`, of an LSTM or a GRU; of several
    layers the last is drawn. gradient: (N, T, D) of the cost at the input of each step, such as what `backward`
    returns: its RMS is drawn below, and shows how far back the cost reaches. sample: which of the N. ax: where to draw;
    unless given, a new figure. Returns the upper axes. Raises SettingError or ShapeError for what does not fit.

    >>> ones = np.ones((1, 4, 3))
    >>> ax = gates({"input_l0": 0.5 * ones, "forget_l0": 0.9 * ones}, gradient=0.1 * ones)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['input gate', 'forget gate']
    """
    rows = _last_layer(values)
    if not rows:
        raise SettingError(f"there are no gates among {', '.join(values) or 'nothing'}: record an LSTM or a GRU")
    shape = next(iter(rows.values())).shape
    if any(each.ndim != 3 or each.shape != shape for each in rows.values()) or not -shape[0] <= sample < shape[0]:
        raise ShapeError(f"gates must be (N, T, H) each, with a sample {sample}; got {shape}")
    ax = style.new_axes(6.4, 5.0 if gradient is not None else 3.8) if ax is None else ax
    lower = split_below(ax) if gradient is not None else None
    steps = np.arange(1, shape[1] + 1)
    style.dress(ax, title or "Gates over time", "" if lower else "time step", "mean over the units")
    drawn = []
    for place, name in enumerate(sorted(rows, key=_GATES.index)):
        units = rows[name][sample]
        colour = style.CURVES[place % len(style.CURVES)]
        low, high = np.quantile(units, [0.25, 0.75], axis=1)
        ax.fill_between(steps, low, high, color=colour, alpha=0.13, linewidth=0, label=f"_{name}")
        drawn += ax.plot(
            steps, units.mean(axis=1), color=colour, linestyle=style.DASHES[place % len(style.DASHES)], linewidth=1.8,
            label=_WORDS.get(name, f"{name} gate"), zorder=3,
        )  # fmt: skip
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    ax.set_xlim(0.5, shape[1] + 0.5)
    if lower is not None:
        _gradient(lower, steps, real_array("gradient", gradient, np.float64), sample)
        lower.set_xlim(*ax.get_xlim())
        ax.tick_params(labelbottom=False)
    style.key(ax, drawn, handle_length=2.6)
    return ax


def _last_layer(values: Mapping[str, Any]) -> dict[str, Array]:
    """The gates of the last layer, by their bare names."""
    found: dict[str, dict[str, Array]] = {}
    for name, each in values.items():
        gate, _, layer = name.partition("_")
        if gate in _GATES:
            found.setdefault(layer, {})[gate] = real_array(name, each, np.float64)
    return found[max(found)] if found else {}


def _gradient(ax: Axes, steps: Array, gradient: Array, sample: int) -> None:
    """How strongly the cost hangs on each step."""
    if gradient.ndim != 3 or gradient.shape[1] != len(steps):
        raise ShapeError(f"gradient must be (N, T, D) with T = {len(steps)}, got {gradient.shape}")
    sizes = np.sqrt((gradient[sample] ** 2).mean(axis=1))
    style.dress(ax, "", "time step", "RMS of ∂C/∂x")
    ax.plot(steps, sizes, color=style.GRADIENT, linewidth=1.8, marker="o" if len(steps) <= 40 else "none", markersize=3)
    if (sizes > 0).any():
        shown = sizes[sizes > 0]
        ax.set_yscale("log", nonpositive="mask")
        ax.set_ylim(shown.min() / 2, shown.max() * 2)
        mark_logarithmic(ax.yaxis, float(shown.min() / 2), float(shown.max() * 2))
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)


def attention(
    weights: Any, tokens: Sequence[str] | None = None, *, sample: int = 0, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw who attends to whom, a map a head: a row is the place that asks, and sums to 1; darker is more.

    weights: (N, heads, T, T), such as `recorder.values["0"]["weights"]`, or (T, T) of one head. tokens: a word for each
    place; shown where there are at most 32. sample: which of the N. All heads have one scale, from 0 to the largest.
    ax: where to draw; unless given, a new figure. Returns the axes. Raises ShapeError or SettingError for what does
    not fit.

    >>> len(attention(np.full((1, 2, 3, 3), 1 / 3), ["a", "b", "c"]).child_axes)
    2
    """
    maps = real_array("weights", weights, np.float64)
    maps = maps[None, None] if maps.ndim == 2 else maps
    if maps.ndim != 4 or not maps.size or not -len(maps) <= sample < len(maps):
        raise ShapeError(f"weights of attention are (N, heads, T, T), with a sample {sample}; got {maps.shape}")
    require_finite("weights", maps)
    heads, T, S = maps[sample].shape
    if tokens is not None and len(tokens) not in (T, S):
        raise SettingError(f"tokens must be {S}, one for each place, got {len(tokens)}")
    columns = min(heads, 4)
    rows = -(-heads // columns)
    side = 2.0 if tokens is None else min(5.4, max(2.0, 0.16 * S + 0.6))
    ax = style.new_axes(max(3.6, side * columns + 0.6), (side + 0.1) * rows + 0.8) if ax is None else ax
    style.dress(
        ax, title or f"Attention of {heads} head{'s'[: heads != 1]}; largest weight {maps[sample].max():.2f}", "", ""
    )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_facecolor("none")
    for head, weight in enumerate(maps[sample]):
        i, j = divmod(head, columns)
        box = ((j + 0.1) / columns, 1 - (i + 0.9) / rows, 0.86 / columns, 0.78 / rows)
        panel = ax.inset_axes(box)
        panel.imshow(weight, cmap=style.sequential(), vmin=0, vmax=float(maps[sample].max()), interpolation="nearest")
        style.dress(panel, "", "", "")
        panel.set_title(
            f"head {head + 1}", loc="left", fontsize=style.LABEL, color=style.INK, pad=4, fontfamily=style.FONT
        )
        _places(panel, tokens, T, S)
        if tokens is None or S > _MOST_TOKENS:
            _label(panel, "attended place" if head + columns >= heads else "", "asking place" if j == 0 else "")
    return ax


def _places(ax: Axes, tokens: Sequence[str] | None, T: int, S: int) -> None:
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, pad=2)
    if tokens is not None and S <= _MOST_TOKENS:
        ax.set_xticks(range(S), list(tokens)[:S], rotation=90 if max(map(len, tokens)) > 1 else 0)
        ax.set_yticks(range(T), list(tokens)[:T])
        return
    for axis, count in ((ax.xaxis, S), (ax.yaxis, T)):
        step = max(1, -(-count // 4))
        axis.set_ticks(range(0, count, step), [str(k + 1) for k in range(0, count, step)])


def _label(ax: Axes, across: str, up: str) -> None:
    ax.set_xlabel(across, fontsize=style.TICK, color=style.INK_SOFT, fontfamily=style.FONT)
    ax.set_ylabel(up, fontsize=style.TICK, color=style.INK_SOFT, fontfamily=style.FONT)
