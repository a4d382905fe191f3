"""Which class is taken for which: counts as fields, in which only mistakes have a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import style
from layerwise.wording import percent, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NUMBERS_UP_TO = 20
_STRONGEST = 0.75
_FEW = 3
"""So few mistakes of one kind are never in the strongest colour."""


def confusion(counts: Any, classes: Sequence[str] | None = None, *, title: str | None = None,
              ax: Axes | None = None) -> Axes:  # fmt: skip
    """Draw a confusion matrix: rows are the truth, columns the answer; right answers are outlined on the diagonal.

    counts: (K, K), as `lw.metrics.confusion_matrix` gives them. classes: names, one for each; 0 to K - 1 unless given.
    Up to 20 classes each count is written; of more only the colours are shown. title: the share that is right unless
    given. ax: where to draw; unless given, a new figure. Returns the axes. Raises ShapeError or SettingError.

    >>> ax = confusion([[9, 1], [0, 10]], ["cat", "dog"])
    >>> ax.get_title(loc="left"), sorted(text.get_text() for text in ax.texts)
    ('19 of 20 right, 95.0 %', ['1', '10', '9'])
    """
    table = any_array("counts", counts)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.size or table.dtype.kind not in "iu":
        raise ShapeError(f"counts must be whole numbers (K, K), got {table.dtype} {table.shape}")
    if (table < 0).any():
        raise SettingError("counts must be 0 or more")
    K = len(table)
    names = [printable(name, 16) for name in (classes if classes is not None else map(str, range(K)))]
    if len(names) != K:
        raise SettingError(f"classes must have {K} names, one for each row of counts, got {len(names)}")
    right, total = int(table.trace()), int(table.sum())
    if title is None:
        title = f"{right:,} of {total:,} right, {percent(right / total)}" if total else "no samples"
    longest = max(map(len, names))
    side = min(7.5, max(3.2, 0.42 * min(K, _NUMBERS_UP_TO) + 1.2 + 0.07 * longest))
    ax = style.new_axes(side, side) if ax is None else ax
    style.dress(ax, title, "answer", "truth")
    wrong = table.astype(np.float64) - np.diag(np.diag(table))
    most = max(_FEW, wrong.max())
    fields = np.where(wrong > 0, 0.2 + (_STRONGEST - 0.2) * wrong / most, 0.0)
    ax.imshow(
        fields, cmap=style.sequential(), vmin=0, vmax=1, aspect="equal", interpolation="nearest", origin="upper",
        alpha=None, interpolation_stage="data", resample=False,
    )  # fmt: skip
    _frames(ax, K)
    if K <= _NUMBERS_UP_TO:
        _numbers(ax, table, fields)
    _names(ax, names, longest)
    return ax


def _frames(ax: Axes, K: int) -> None:
    """Lines between the fields, and a frame around each right answer."""
    from matplotlib.patches import Rectangle

    edges = np.arange(1, K) - 0.5
    ax.vlines(edges, -0.5, K - 0.5, color=style.GROUND, linewidth=2 if K <= _NUMBERS_UP_TO else 0.5)
    ax.hlines(edges, -0.5, K - 0.5, color=style.GROUND, linewidth=2 if K <= _NUMBERS_UP_TO else 0.5)
    for k in range(K):
        ax.add_patch(
            Rectangle(
                (k - 0.46, k - 0.46), 0.92, 0.92, facecolor=style.SURFACE, edgecolor=style.LINE_STRONG, linewidth=0.8
            )
        )


def _numbers(ax: Axes, table: Any, fields: Any) -> None:
    bright = style.luminance(style.blend(fields, style.SEQUENTIAL))
    for (row, column), count in np.ndenumerate(table):
        if count or row == column:
            dark = row != column and bright[row, column] < 0.22
            ax.text(
                column, row, f"{count:,}", ha="center", va="center", fontsize=style.TICK, fontfamily=style.FONT,
                fontweight="normal" if row == column else "bold", color=style.SURFACE if dark else style.INK,
            )  # fmt: skip


def _names(ax: Axes, names: list[str], longest: int) -> None:
    """A name on each row and column, or every so many where there are too many; long ones stand upright below."""
    step = -(-len(names) // 30)
    places = list(range(0, len(names), step))
    ax.xaxis.set_ticks(places, [names[k] for k in places], rotation=90 if longest > 4 else 0)
    ax.yaxis.set_ticks(places, [names[k] for k in places])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
