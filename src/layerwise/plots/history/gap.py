"""Why the curves of training and validation lie apart: the gap in its three measured parts, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.errors import DataError
from layerwise.insight.loss_gap import LossGap
from layerwise.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PARTS = dict(zip(("weights that moved", "training mode", "the split"), style.CURVES, strict=False))
_HATCHES = ("", "////", "....")


def loss_gaps(gaps: Sequence[LossGap], ax: Axes | None = None) -> Axes:
    """Bars for each measured epoch: what lies between validation and training loss, part on part, and their sum.

    gaps: of `lw.insight.LossGaps`, or of `loss_gap` in a list. Parts above 0 make the validation loss the larger one
    and stand upwards; parts below 0 stand downwards; a mark shows the sum, which is what the two curves of a history
    show. ax: where to draw; unless given, a new figure. Returns the axes. Raises DataError for no gaps.

    >>> from layerwise.insight.loss_gap import LossGap
    >>> ax = loss_gaps([LossGap(1, 0.5, 0.44, 0.3, 0.36)])
    >>> ax.get_title(loc="left")
    'Validation - training loss after epoch 1: -0.14'
    """
    if not gaps:
        raise DataError("there is no gap to draw: watch a run with validation data, or measure one by loss_gap")
    epochs = np.array([gap.epoch for gap in gaps])
    width = 0.8 * float(np.diff(epochs).min()) if len(gaps) > 1 else 0.6
    ax = style.new_axes(6.4, 3.6) if ax is None else ax
    last = gaps[-1]
    title = f"Validation - training loss after epoch {last.epoch}: {last.total:.2g}"
    style.dress(ax, title, "epoch", "part of the gap (loss)")
    up, down = np.zeros(len(gaps)), np.zeros(len(gaps))
    drawn: list[Any] = []
    for (name, colour), hatch in zip(_PARTS.items(), _HATCHES, strict=True):
        heights = np.array([gap.parts[name] for gap in gaps])
        start = np.where(heights >= 0, up, down)
        bars = ax.bar(
            epochs, heights, width, bottom=start, color=style.mix(colour, style.SURFACE, 0.72), hatch=hatch,
            edgecolor=style.SURFACE, linewidth=0.0, label=name, zorder=2, align="center",
        )  # fmt: skip
        up, down = up + heights.clip(min=0), down + heights.clip(max=0)
        drawn.append(bars)
    (total,) = ax.plot(
        epochs, [gap.total for gap in gaps], linestyle="none", marker="D", markersize=5, markerfacecolor=style.INK,
        markeredgecolor=style.SURFACE, markeredgewidth=1, label="all of it", zorder=4,
    )  # fmt: skip
    ax.axhline(0, color=style.LINE_STRONG, linewidth=1, zorder=1)
    ax.set_xlim(epochs[0] - width, epochs[-1] + width)
    _whole(ax, epochs)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, [*drawn, total], handle_length=1.4)
    return ax


def _whole(ax: Axes, epochs: Any) -> None:
    from matplotlib.ticker import FixedLocator

    step = -(-len(epochs) // 10)
    ax.xaxis.set_major_locator(FixedLocator(list(epochs[::step])))
