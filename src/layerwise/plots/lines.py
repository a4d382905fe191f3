"""Several curves in one picture, each with a name, a colour and a dash of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from layerwise.arrays import real_array
from layerwise.checks import one_of
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.scales import mark_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def lines(
    x: Any,
    curves: Mapping[str, Any],
    *,
    title: str = "",
    labels: tuple[str, str] = ("x", "y"),
    log: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw named curves over the same x, told apart by colour and by dash; two or more get a key.

    x: (N,). curves: name to values, (N,) each; at most six. labels: of the two axes. log: "x", "y" or "xy" for
    logarithmic axes, where what is not positive is left out. ax: where to draw; unless given, a new figure. Returns
    the axes. Raises ShapeError,
    SettingError or DataError for what does not fit.

    >>> ax = lines([0, 1, 2], {"slow": [0, 1, 2], "fast": [0, 2, 4]}, labels=("time (s)", "way (m)"))
    >>> [line.get_label() for line in ax.lines]
    ['slow', 'fast']
    """
    if not 1 <= len(curves) <= len(style.CURVES):
        raise SettingError(f"curves must be 1 to {len(style.CURVES)}, got {len(curves)}: draw more in another picture")
    log = one_of("log", log, ("", "x", "y", "xy"))
    across = real_array("x", x)
    rows = {name: real_array(name, values) for name, values in curves.items()}
    for name, values in rows.items():
        if across.ndim != 1 or values.shape != across.shape:
            raise ShapeError(f"{name!r} must have one value for each x: x is {across.shape}, it is {values.shape}")
    for letter, arrays in (("x", [across]), ("y", list(rows.values()))):
        if letter in log and not any((each > 0).any() for each in arrays):
            raise DataError(f"a logarithmic {letter} axis shows positive numbers, and there is none: leave out log")
    ax = style.new_axes(6.4, 3.6) if ax is None else ax
    style.dress(ax, title, *labels)
    drawn = [_line(ax, across, values, name, number) for number, (name, values) in enumerate(rows.items())]
    _scales(ax, log)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    if len(drawn) > 1:
        style.key(ax, drawn, handle_length=2.6)
    return ax


def _line(ax: Axes, x: Any, values: Any, name: str, number: int) -> Any:
    (line,) = ax.plot(
        x, values, label=name, color=style.CURVES[number], linestyle=style.DASHES[number], linewidth=1.8, marker="none",
        solid_capstyle="round", drawstyle="default", zorder=3, antialiased=True,
    )  # fmt: skip
    return line


def _scales(ax: Axes, log: str) -> None:
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if name in log:
            ax.set(**{f"{name}scale": "log"})
            mark_logarithmic(axis, *getattr(ax.dataLim, f"interval{name}"))
    ax.margins(x=0.02, y=0.06)
