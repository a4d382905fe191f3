"""What a classifier of two features says everywhere in the plane, with the data on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import one_of, whole_number
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.plane import plane_of
from layerwise.plots.surface import fitted_surface
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 20_000
"""Points of the plane that are predicted at once, so that memory does not grow with the resolution."""


def decision_boundary(
    predict: Callable[[Array], Array],
    x: Any,
    y: Any,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    resolution: int = 200,
    labels: tuple[str, str] = ("x1", "x2"),
    title: str | None = None,
    part: str = "",
    equal: bool = False,
    features: Sequence[int] | None = None,
    held: Any = None,
    task: str = "classification",
) -> Axes:
    """Colour the plane by the probability of the likeliest class, or by the answer, and draw the data on it.

    predict: (N, D) → logits, (N, K) for K classes, or (N, 1) for two; a network is one. x: (N, 2), or (N, D) with
    `features`. y: (N,) classes from 0, or (N, 1). classes: their names. resolution: points on each axis of the plane.
    labels: names of the two features. title: unless given, how many points are on the side of their class. part: which
    part of the data the points are, such as "test", for the title. equal: one unit is as long across as up, for
    features of the same unit. features: which two of more features move. held: (D,), where the others are held, their
    medians unless given; the points lie where their own two features are, whatever their others. task: "regression"
    for a quantity (N, 1), see `fitted_surface`.
    The stronger a colour, the surer the network; on the line two classes are equally likely. Returns the axes. Raises
    ShapeError, DataError or SettingError for what can not be drawn.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(50, 3))
    >>> ax = decision_boundary(lambda x: 3 * x[:, :1], x, x[:, 0] > 0, features=(0, 2), resolution=20)
    >>> ax.get_title(loc="left")
    '50 of 50 points on their side\\nthe other feature held at the median'
    """
    if not callable(predict):
        raise KindError(f"predict must be a network or a function of x, got {predict!r:.60}")
    if one_of("task", task, ("classification", "regression")) == "regression":
        return fitted_surface(
            predict, x, y, ax=ax, resolution=resolution, labels=labels, title=title, part=part, equal=equal,
            features=features, held=held,
        )  # fmt: skip
    plane = plane_of(x, features, held)
    resolution = whole_number("resolution", resolution, minimum=2)
    said = _probabilities(predict, plane.x)
    target = _classes_of(y, len(plane.x), said.shape[1])
    names = _names(classes, said.shape[1])
    right = int((said.argmax(axis=1) == target).sum())

    ax = style.new_axes(5.6, 5.0) if ax is None else ax
    words = "\n".join(filter(None, [_title(right, len(plane.x), part), plane.words]))
    style.dress(ax, words if title is None else title, *labels)
    across, up, places = plane.grid(resolution, equal)
    p = _probabilities(predict, plane.rows(places)).reshape(resolution, resolution, -1)
    _shade(ax, p, (across[0], across[-1], up[0], up[-1]))
    _lines(ax, across, up, p)
    _scatter(ax, plane.points, target)
    style.key(ax, [_sample(k, name) for k, name in enumerate(names)], handle_length=1.0)
    ax.set_xlim(across[0], across[-1])
    ax.set_ylim(up[0], up[-1])
    if equal:
        ax.set_aspect("equal")
    return ax


def _title(right: int, count: int, part: str) -> str:
    return f"{right:,} of {count:,} {f'{part} ' if part else ''}point{'s'[: count != 1]} on their side"


def _probabilities(predict: Callable[[Array], Array], points: Array) -> Array:
    """(N, 2) → (N, K), K at least 2."""
    starts = range(0, len(points), _ROWS)
    logits = np.concatenate([any_array("what predict returned", predict(points[i : i + _ROWS])) for i in starts])
    if logits.ndim != 2 or len(logits) != len(points) or logits.shape[1] == 0:
        raise ShapeError(f"predict must turn (N, 2) into logits (N, K) or (N, 1), got {logits.shape} for {len(points)}")
    require_finite("what predict returned", logits)
    logits = logits.astype(np.float64)
    if logits.shape[1] > 1:
        p, _ = formulas.softmax(logits)
        return np.asarray(p)
    p, _ = formulas.sigmoid(logits)
    return np.concatenate([1 - p, p], axis=1)


def _classes_of(y: Any, count: int, classes: int) -> Array:
    target = real_array("y", y).reshape(-1)
    if len(target) != count:
        raise DataError(f"x has {count} rows and y has {len(target)}: give one class for each point")
    if not np.isin(target, np.arange(classes)).all():
        raise DataError(f"y must hold classes from 0 to {classes - 1}, as predict has {classes}; got {target.max():g}")
    return target.astype(int)


def _names(classes: Sequence[str] | None, count: int) -> list[str]:
    names = [f"class {k}" for k in range(count)] if classes is None else [str(name) for name in classes]
    if len(names) != count:
        raise SettingError(f"predict tells {count} classes apart, and classes has {len(names)} names")
    return names


def _shade(ax: Axes, p: Array, extent: tuple[float, float, float, float]) -> None:
    """The colour of the likeliest class, the stronger the surer: the ground itself where all are equally likely."""
    classes = p.shape[-1]
    strength = style.FIELD * (p.max(axis=-1) * classes - 1) / (classes - 1)
    likeliest = p.argmax(axis=-1)
    picture = np.empty((*likeliest.shape, 3))
    for k in np.unique(likeliest):
        picture[likeliest == k] = style.blend(strength[likeliest == k], [style.SURFACE, _colour(k)])
    ax.imshow(
        picture, extent=extent, origin="lower", aspect="auto", interpolation="bilinear", zorder=1,
        resample=True, interpolation_stage="data",
    )  # fmt: skip


def _lines(ax: Axes, across: Array, up: Array, p: Array) -> None:
    """Where a class is exactly as likely as the best of the others. The last class has no line that another lacks."""
    for k in range(p.shape[-1] - 1):
        lead = p[..., k] - np.delete(p, k, axis=-1).max(axis=-1)
        if lead.min() < 0 < lead.max():
            ax.contour(
                across, up, lead, levels=[0.0], colors=[style.INK], linewidths=1.1, linestyles="solid", zorder=2,
                algorithm="serial", corner_mask=True,
            )  # fmt: skip


def _scatter(ax: Axes, points: Array, target: Array) -> None:
    area = float(np.clip(14_000 / len(points), 10, 34))
    for k in np.unique(target):
        chosen = points[target == k]
        ax.scatter(
            chosen[:, 0], chosen[:, 1], s=area * _size(k), c=_colour(k), marker=_marker(k), linewidths=0.6,
            edgecolors=style.INK, zorder=3,
        )  # fmt: skip


def _sample(k: int, name: str) -> Any:
    """How points of a class look in the legend, whatever their size in the picture."""
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], label=name, linestyle="none", marker=_marker(k), markersize=6 * _size(k) ** 0.5, color=_colour(k),
        markerfacecolor=_colour(k), markeredgecolor=style.INK, markeredgewidth=0.6, fillstyle="full",
    )  # fmt: skip


def _colour(k: int) -> str:
    return style.CLASSES[k % len(style.CLASSES)]


def _shape(k: int) -> int:
    """The ninth class has the first colour again, with the second marker, and so on."""
    return (k + k // len(style.CLASSES)) % len(style.MARKERS)


def _marker(k: int) -> str:
    return style.MARKERS[_shape(k)]


def _size(k: int) -> float:
    return style.MARKER_SIZES[_shape(k)]
