"""Hidden activations in two dimensions, to be looked at: by their principal components, or by t-SNE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import one_of, whole_number
from layerwise.errors import DataError, ShapeError
from layerwise.types import Array

METHODS = ("pca", "tsne")
_PERPLEXITY = 30.0


@dataclass(frozen=True)
class Plane:
    """Points (N, 2), and what their axes are. shares: of the spread, which each axis shows; None for t-SNE."""

    points: Array
    method: str
    shares: tuple[float, float] | None
    dimensions: int
    """Of the activations."""


def in_plane(activations: Any, method: str = "pca", *, seed: int = 0) -> Plane:
    """Activations (N, ...) as points (N, 2); what is not one row a sample is laid out as one.

    method: "pca", the two directions of most spread: straight, the same every time, and it says how much it shows; or
    "tsne", which keeps neighbours together and nothing else: the sizes of clusters and the distances between them mean
    nothing. seed: of t-SNE. Raises DataError for fewer than 3 samples.
    Sources: Pearson, On lines and planes of closest fit, 1901; van der Maaten and Hinton, Visualizing data using t-SNE,
    JMLR 9 (2008), by scikit-learn.

    >>> rng = np.random.default_rng(0)
    >>> line = rng.normal(size=(50, 1)) * np.array([[3.0, 4.0, 0.0]])
    >>> plane = in_plane(line + 0.01 * rng.normal(size=(50, 3)))
    >>> plane.points.shape, plane.shares[0] > 0.999
    ((50, 2), True)
    """
    method = one_of("method", method, METHODS)
    values = real_array("activations", activations, np.float64)
    if values.ndim < 2:
        raise ShapeError(f"activations must be (N, ...), one sample a row, got shape {values.shape}")
    values = values.reshape(len(values), -1)
    if len(values) < 3:
        raise DataError(f"a picture of a representation needs 3 samples or more, got {len(values)}")
    require_finite("activations", values)
    if method == "tsne":
        points, shares = _tsne(values, whole_number("seed", seed, minimum=0)), None
    else:
        points, shares = _pca(values)
    return Plane(points, method, shares, values.shape[1])


def _pca(values: Array) -> tuple[Array, tuple[float, float]]:
    """The first two principal components; each points so that its largest weight is positive."""
    centred = values - values.mean(axis=0)
    _, spread, directions = np.linalg.svd(centred, full_matrices=False)
    directions = np.concatenate([directions, np.zeros((2, values.shape[1]))])[:2]
    spread = np.concatenate([spread, [0.0, 0.0]])
    signs = np.sign(directions[np.arange(2), np.abs(directions).argmax(axis=1)])
    total = float((spread**2).sum()) or 1.0
    shares = (float(spread[0] ** 2 / total), float(spread[1] ** 2 / total))
    return centred @ (directions * signs[:, None]).T, shares


def _tsne(values: Array, seed: int) -> Array:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    few = min(_PERPLEXITY, (len(values) - 1) / 3)
    start = "pca" if values.shape[1] > 1 else "random"
    with threadpool_limits(1):  # the same points whatever the machine, and no threads that wait by spinning
        points = TSNE(perplexity=few, init=start, random_state=seed).fit_transform(values)
    return np.asarray(points, np.float64)
