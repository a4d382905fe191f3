"""What a network says over one number, with the data on top."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import whole_number
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.plots import style
from layerwise.types import Array
from layerwise.wording import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def fitted_curve(
    predict: Callable[[Array], Array],
    x: Any,
    y: Any,
    ax: Axes | None = None,
    resolution: int = 400,
    labels: tuple[str, str] = ("x", "y"),
    title: str | None = None,
    part: str = "",
) -> Axes:
    """Draw the answers to one number as a curve, and the points that it should meet.

    predict: (N, 1) → (N, 1) or (N,); a network is one. x, y: (N,) or (N, 1), numbers. ax: where to draw; unless given,
    a new figure. resolution: points of the curve. labels: names of the two axes. title: unless given, the root of the
    mean squared error of the points. part: which part of the data they are, such as "test", for the title. Returns the
    axes. Raises ShapeError, DataError or KindError for what can not be drawn.

    >>> x = np.linspace(-1, 1, 50)
    >>> fitted_curve(lambda x: x**2, x, x**2 + 0.1).get_title(loc="left")
    'RMSE 0.1 on 50 points'
    """
    if not callable(predict):
        raise KindError(f"predict must be a network or a function of x, got {predict!r:.60}")
    across, up = _column("x", x), _column("y", y)
    if len(across) != len(up):
        raise DataError(f"x has {len(across)} numbers and y has {len(up)}: give one of each for a point")
    resolution = whole_number("resolution", resolution, minimum=2)
    rmse = float(np.sqrt(((_answers(predict, across) - up) ** 2).mean()))
    points = f"{len(up):,} {f'{part} ' if part else ''}point{'s'[: len(up) != 1]}"
    margin = 0.04 * float(np.ptp(across)) or 1.0
    line = np.linspace(across.min() - margin, across.max() + margin, resolution)

    ax = style.new_axes(6.4, 4.2) if ax is None else ax
    style.dress(ax, f"RMSE {quantity(rmse)} on {points}" if title is None else title, *labels)
    drawn = ax.scatter(
        across, up, s=float(np.clip(14_000 / len(up), 8, 26)), c=style.SURFACE, edgecolors=style.INK_SOFT,
        linewidths=0.9, marker="o", zorder=2, label=f"{part} points".strip(),
    )  # fmt: skip
    (curve,) = ax.plot(
        line, _answers(predict, line), color=style.ACCENT, linewidth=2.2, linestyle="solid", marker="none", zorder=3,
        solid_capstyle="round", drawstyle="default", antialiased=True, label="answer of the network",
    )  # fmt: skip
    ax.margins(x=0.0, y=0.06)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, [curve, drawn])
    return ax


def _column(name: str, values: Any) -> Array:
    array = real_array(name, values, np.float64)
    if array.size == 0 or array.ndim not in (1, 2) or array.size != len(array):
        raise ShapeError(f"{name} must be one number a sample, (N,) or (N, 1); got {array.shape}", "choose one column")
    require_finite(name, array)
    return array.reshape(-1)


def _answers(predict: Callable[[Array], Array], x: Array) -> Array:
    said = any_array("what predict returned", predict(x.reshape(-1, 1)))
    if said.size != len(x):
        raise ShapeError(f"predict must turn (N, 1) into (N, 1), got {said.shape} for {len(x)}")
    require_finite("what predict returned", said)
    return said.reshape(-1).astype(np.float64)
