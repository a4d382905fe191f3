"""Hidden activations as points in a plane, in the colours and with the markers of their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array
from layerwise.errors import ShapeError
from layerwise.insight.representation import in_plane
from layerwise.plots import style
from layerwise.wording import percent, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def representation(
    activations: Any,
    labels: Any = None,
    classes: Sequence[str] | None = None,
    *,
    method: str = "pca",
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw what a layer makes of each sample: activations (N, ...) in two dimensions.

    labels: (N,), whole numbers, for colour and marker; classes beyond eight have
    hollow marks. classes: their names.
    method: "pca", whose axes say how much of the spread they show, or "tsne", by scikit-learn, where only who is whose
    neighbour means anything; the picture says so. seed: of t-SNE. ax: where to draw; unless given, a new figure.
    Returns the axes. Raises ShapeError, DataError or SettingError for what does not fit.

    >>> rng = np.random.default_rng(0)
    >>> ax = representation(rng.normal(size=(20, 5)), np.arange(20) % 2, ["even", "odd"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['even', 'odd']
    """
    plane = in_plane(activations, method, seed=seed)
    known = np.zeros(len(plane.points), int) if labels is None else any_array("labels", labels)
    if known.shape != (len(plane.points),) or known.dtype.kind not in "iu":
        raise ShapeError(f"labels must be whole numbers ({len(plane.points)},), got {known.dtype} {known.shape}")
    ax = style.new_axes(6.4, 5.2) if ax is None else ax
    if plane.shares is None:
        title, across, up = "t-SNE: neighbours mean something, distances don't", "", ""
    else:
        shown = percent(sum(plane.shares))
        title = f"{shown} of the spread in {plane.dimensions} dimensions"
        across, up = (f"principal component {k + 1}: {percent(share)}" for k, share in enumerate(plane.shares))
    style.dress(ax, title, across, up)
    size = float(np.clip(9000 / len(known), 7, 34))
    drawn = []
    for label in np.unique(known):
        rows, kind = known == label, int(label) % len(style.CLASSES)
        name = printable(classes[int(label)], 18) if classes is not None else str(label)
        x, y = plane.points[rows].T
        colour, hollow = style.CLASSES[kind], int(label) >= len(style.CLASSES)
        points = ax.scatter(
            x, y, s=size * style.MARKER_SIZES[kind], c=style.SURFACE if hollow else colour, marker=style.MARKERS[kind],
            edgecolors=colour if hollow else style.SURFACE, linewidths=1.2 if hollow else 0.5, label=name, zorder=3,
        )  # fmt: skip
        drawn.append(points)
    if plane.shares is None:
        ax.set(xticks=[], yticks=[])
    else:
        ax.set_aspect("equal", adjustable="datalim")
    if labels is not None:
        style.key(ax, drawn, handle_length=1.0)
    return ax
