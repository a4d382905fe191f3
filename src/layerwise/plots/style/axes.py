"""How every figure looks: the sizes of text, the frame, the legend, and the two ways to get axes.

Everything is set on the axes themselves: matplotlib's global settings are neither read nor changed, and pyplot, which
costs two seconds and keeps every figure alive, is never imported.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from layerwise.checks import require_path
from layerwise.errors import FileError, KindError, nearest
from layerwise.palette import GROUND, INK, INK_SOFT, LINE, SURFACE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that a picture is the same on every machine."""
TITLE, LABEL, TICK = 11.0, 9.5, 8.5
DPI = 150

_WITHOUT_DATE: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
_LETTERS: dict[str, Any] = {"fontfamily": FONT, "fontweight": "normal", "fontstyle": "normal"}
_KEY_LETTERS = 66
"""Letters of a legend in one row of a figure that is 6.4 inches wide."""


def new_axes(width: float, height: float) -> Axes:
    """Axes in a figure of their own, in inches, that can be saved without a window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.14, h_pad=0.12, wspace=0.02, hspace=0.02)
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=GROUND, edgecolor=GROUND, layout=layout)
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def new_panels(count: int, width: float, height: float) -> list[Axes]:
    """So many axes side by side in one figure, from left to right; the size, in inches, is that of the figure."""
    first = new_axes(width, height)
    figure = first.figure
    first.remove()
    return list(figure.subplots(1, count, squeeze=False)[0])


def dress(ax: Axes, title: str, x_label: str, y_label: str) -> None:
    """Ground, lines and letters of one pair of axes; a title at the left, above."""
    ax.set_facecolor(SURFACE)
    ax.grid(False, which="both")
    ax.set_axisbelow(True)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(color=LINE, linewidth=1)
    ax.minorticks_off()
    ax.tick_params(
        which="major", direction="out", length=3, width=1, color=LINE, labelcolor=INK_SOFT, labelsize=TICK, pad=4,
        labelfontfamily=FONT, top=False, right=False, bottom=True, left=True, labelbottom=True, labelleft=True,
    )  # fmt: skip
    _entitle(ax, title, pad=9)
    ax.set_xlabel(x_label, fontsize=LABEL, color=INK_SOFT, labelpad=5, loc="center", **_LETTERS)
    ax.set_ylabel(y_label, fontsize=LABEL, color=INK_SOFT, labelpad=6, loc="center", **_LETTERS)


def _entitle(ax: Axes, title: str, pad: float) -> None:
    ax.set_title(title, loc="left", fontsize=TITLE, color=INK, pad=pad, y=1.0, **_LETTERS)


def key(ax: Axes, handles: list[Any], handle_length: float = 1.8) -> None:
    """The legend: rows of words between the title and the axes, so that it never hides data."""
    beside = round(6 + 2 * (handle_length - 1.8))  # letters that a sample and the space between columns take
    columns = _columns([len(str(handle.get_label())) + beside for handle in handles], _letters(ax))
    legend = ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, mode=None, frameon=False,
        labelcolor=INK, handlelength=handle_length, handletextpad=0.5, columnspacing=1.6, borderpad=0.0,
        borderaxespad=0.35, labelspacing=0.45, numpoints=1, markerscale=1.0, shadow=False, alignment="left",
        prop={"family": FONT, "size": LABEL},
    )  # fmt: skip
    legend.set_zorder(5)
    rows = -(-len(handles) // columns)
    _entitle(ax, ax.get_title(loc="left"), pad=8 + 1.6 * LABEL * rows)


def _columns(widths: list[int], room: int) -> int:
    """Into how many columns, filled one after the other and each as wide as its widest, words of these widths go."""
    for columns in range(len(widths), 1, -1):
        rows, longer = divmod(len(widths), columns)
        ends = [min(k, longer) + rows * k for k in range(columns + 1)]
        if sum(max(widths[start:end]) for start, end in pairwise(ends)) <= room:
            return columns
    return 1


def _letters(ax: Axes) -> int:
    """How many letters a row of the legend has: panels side by side share the width of their figure."""
    place, figure = ax.get_subplotspec(), ax.get_figure(root=True)
    width = 6.4 if figure is None else figure.get_figwidth()
    panels = 1 if place is None else place.get_gridspec().ncols
    return int(_KEY_LETTERS * width / 6.4 / panels)


def save_figure(ax: Axes, path: str | os.PathLike[str], dpi: float = DPI) -> None:
    """Write the figure of these axes as PNG, or as SVG or PDF, by the ending of the path.

    dpi: points of the picture per inch. The same picture gives the same PNG, byte for byte. Raises FileError for
    another ending, or where nothing can be written.
    """
    if not hasattr(ax, "get_figure"):
        raise KindError(f"ax must be axes that a plot returned, got {ax!r:.60}")
    require_path("path", path)
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending not in _WITHOUT_DATE:
        raise FileError(f"{path}: the ending {ending!r} is no format for a figure.{nearest(ending, _WITHOUT_DATE)}")
    try:
        _write(ax, path, ending, dpi)
    except OSError as error:
        raise FileError(f"could not write {path}: {error.strerror or error}") from error


def _write(ax: Axes, place: Any, ending: str, dpi: float) -> None:
    from matplotlib.transforms import Bbox

    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(
        place, format=ending[1:], dpi=dpi, facecolor=figure.get_facecolor(), edgecolor="none", transparent=False,
        bbox_inches=Bbox.from_bounds(0, 0, *figure.get_size_inches()), metadata=_WITHOUT_DATE[ending],
    )  # fmt: skip
