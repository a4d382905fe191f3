"""What a network says of a quantity over two features: a field with lines of equal answers, and the data on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import whole_number
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.plots import style
from layerwise.plots.plane import plane_of
from layerwise.types import Array
from layerwise.wording import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 20_000


def fitted_surface(
    predict: Callable[[Array], Array],
    x: Any,
    y: Any,
    *,
    ax: Axes | None = None,
    resolution: int = 200,
    labels: tuple[str, str] = ("x1", "x2"),
    title: str | None = None,
    part: str = "",
    equal: bool = False,
    features: Sequence[int] | None = None,
    held: Any = None,
) -> Axes:
    """Colour the plane by the answer, with a line for each round value, and every point by its own quantity.

    predict: (N, D) → (N, 1) or (N,); a network is one. x: (N, 2), or (N, D) with `features`. y: (N,) or (N, 1). The
    same colour is the same quantity in field and points, so a point that can not be told from its ground is answered
    well. title: unless given, the root of the mean squared error. The rest is as in `decision_boundary`. Returns the
    axes. Raises ShapeError, DataError or KindError for what can not be drawn.

    >>> x = np.random.default_rng(0).uniform(-1, 1, size=(40, 2))
    >>> fitted_surface(lambda x: x[:, 0] + 0.5, x, x[:, 0], resolution=20).get_title(loc="left")
    'RMSE 0.5 on 40 points'
    """
    if not callable(predict):
        raise KindError(f"predict must be a network or a function of x, got {predict!r:.60}")
    plane = plane_of(x, features, held)
    truth = real_array("y", y, np.float64)
    if truth.size != len(plane.x) or truth.ndim not in (1, 2):
        raise DataError(f"x has {len(plane.x)} rows and y has shape {truth.shape}: give one number for each point")
    truth = truth.reshape(-1)
    require_finite("y", truth)
    resolution = whole_number("resolution", resolution, minimum=2)
    rmse = float(np.sqrt(((_answers(predict, plane.x) - truth) ** 2).mean()))
    count = f"{len(truth):,} {f'{part} ' if part else ''}point{'s'[: len(truth) != 1]}"

    ax = style.new_axes(5.6, 5.0) if ax is None else ax
    words = "\n".join(filter(None, [f"RMSE {quantity(rmse)} on {count}", plane.words]))
    style.dress(ax, words if title is None else title, *labels)
    across, up, places = plane.grid(resolution, equal)
    field = _answers(predict, plane.rows(places)).reshape(resolution, resolution)
    low, high = min(field.min(), truth.min()), max(field.max(), truth.max())
    colours: dict[str, Any] = {"cmap": style.sequential(), "vmin": low, "vmax": high if high > low else low + 1}
    ax.imshow(
        field, extent=(across[0], across[-1], up[0], up[-1]), origin="lower", aspect="auto", interpolation="bilinear",
        zorder=1, resample=True, interpolation_stage="data", alpha=None, **colours,
    )  # fmt: skip
    _levels(ax, across, up, field)
    ax.scatter(
        plane.points[:, 0], plane.points[:, 1], c=truth, s=float(np.clip(14_000 / len(truth), 10, 34)),
        edgecolors=style.SURFACE, linewidths=0.8, marker="o", zorder=3, plotnonfinite=False, **colours,
    )  # fmt: skip
    style.key(ax, [_sample(part)], handle_length=1.0)
    ax.set_xlim(across[0], across[-1])
    ax.set_ylim(up[0], up[-1])
    if equal:
        ax.set_aspect("equal")
    return ax


def _sample(part: str) -> Any:
    """What the colour of a point means, for the legend."""
    from matplotlib.lines import Line2D

    label = f"{part} points".strip() + ", each in the colour of its own quantity"
    return Line2D(
        [], [], label=label, linestyle="none", marker="o", markersize=6, color=style.SEQUENTIAL[2],
        markerfacecolor=style.SEQUENTIAL[2], markeredgecolor=style.LINE_STRONG, markeredgewidth=0.8, fillstyle="full",
    )  # fmt: skip


def _levels(ax: Axes, across: Array, up: Array, field: Array) -> None:
    """A thin line for each of some round values, with its number on it."""
    from matplotlib.ticker import MaxNLocator

    low, high = float(field.min()), float(field.max())
    inside = [
        each for each in MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low < each < high
    ]
    if not inside:
        return
    lines = ax.contour(
        across, up, field, levels=inside, colors=[style.INK], linewidths=0.7, linestyles="solid", zorder=2,
        algorithm="serial", corner_mask=True,
    )  # fmt: skip
    for level, path in zip(inside, lines.get_paths(), strict=True):
        pieces = [np.asarray(piece) for piece in path.to_polygons(closed_only=False)]
        _number(ax, level, max(pieces, key=len, default=None))


def _number(ax: Axes, level: float, line: Array | None) -> None:
    """The value of a line, on paper of its own, in the middle of its way."""
    if line is None:
        return
    x, y = line[len(line) // 2]
    ax.text(
        x, y, quantity(level), ha="center", va="center", fontsize=style.TICK, fontfamily=style.FONT, color=style.INK,
        fontweight="normal", fontstyle="normal", zorder=4, clip_on=True,
        bbox={"boxstyle": "round,pad=0.2", "facecolor": style.SURFACE, "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip


def _answers(predict: Callable[[Array], Array], x: Array) -> Array:
    parts = [any_array("what predict returned", predict(x[i : i + _ROWS])) for i in range(0, len(x), _ROWS)]
    if any(part.size != len(x[i : i + _ROWS]) for part, i in zip(parts, range(0, len(x), _ROWS), strict=True)):
        raise ShapeError(f"predict must turn (N, D) into (N, 1), got {parts[0].shape} for {len(x[:_ROWS])}")
    said = np.concatenate([part.reshape(-1) for part in parts]).astype(np.float64)
    require_finite("what predict returned", said)
    return said
