"""What pictures of several parts have in common: a grid of axes, a bar that says what colours mean, even ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from layerwise.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def grid(count: int, columns: int, width: float, height: float) -> list[Axes]:
    """So many axes in rows, in one figure; the size in inches is that of one panel."""
    columns = min(columns, count)
    rows = -(-count // columns)
    first = style.new_axes(width * columns, height * rows)
    figure = first.figure
    first.remove()
    return [figure.add_subplot(rows, columns, place + 1) for place in range(count)]


def colour_bar(
    ax: Axes, drawn: Any, label: str, ticks: list[float] | None = None, names: list[str] | None = None
) -> Axes:
    """What the colours of a picture mean, in a bar at its right. Returns the axes of the bar."""
    bar = ax.figure.colorbar(drawn, ax=ax, pad=0.02, fraction=0.05, aspect=24, ticks=ticks)
    bar.outline.set_visible(False)
    bar.ax.tick_params(
        which="major", length=3, width=1, color=style.LINE, labelcolor=style.INK_SOFT, labelsize=style.TICK, pad=3,
        labelfontfamily=style.FONT, direction="out", left=False, right=True, labelleft=False, labelright=True,
    )  # fmt: skip
    bar.ax.minorticks_off()
    if names is not None:
        bar.ax.set_yticklabels(names)
    letters: dict[str, Any] = {"fontfamily": style.FONT, "fontweight": "normal", "fontstyle": "normal"}
    bar.ax.set_ylabel(label, fontsize=style.LABEL, color=style.INK_SOFT, labelpad=6, **letters)
    return bar.ax


def even_ticks(ax: Axes, across: int = 6, up: int = 5) -> None:
    """Few round numbers on straight axes, without offsets, in the same letters on every machine."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    for axis, most in ((ax.xaxis, across), (ax.yaxis, up)):
        axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=False, useLocale=False))


def light_grid(ax: Axes, axis: Literal["both", "x", "y"] = "y") -> None:
    """Thin lines behind the data."""
    ax.grid(True, which="major", axis=axis, color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)


def zero_lines(ax: Axes) -> None:
    """The two axes through the origin, where they are in sight."""
    for draw in (ax.axhline, ax.axvline):
        draw(0, color=style.LINE_STRONG, linewidth=0.8, linestyle="solid", marker="none", zorder=1.5)


def words(ax: Axes, x: float, y: float, text: str, **how: Any) -> Any:
    """A few words in the picture, in its letters."""
    usual: dict[str, Any] = {"fontsize": style.LABEL, "color": style.INK, "ha": "left", "va": "center", "zorder": 6}
    letters: dict[str, Any] = {"fontfamily": style.FONT, "fontweight": "normal", "fontstyle": "normal"}
    return ax.text(x, y, text, **letters, **usual | how)
