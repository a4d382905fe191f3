"""The loss around a network, in a plane of two directions through its parameters, and the optimizer's way in it.

A network of P parameters has a landscape of P dimensions; a picture has two. Which two decides what is seen, so the
landscape says how much of the way lies in its plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import one_of, positive, require_kind, whole_number
from layerwise.errors import DataError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.training.evaluation import evaluate
from layerwise.types import Array

KINDS = ("random", "path")


@dataclass(frozen=True, eq=False, repr=False)
class Landscape:
    """a: (A,), b: (B,), how far along each direction. losses: (B, A), infinite where the network leaves the numbers.

    directions: (2, P). center: (P,), where a = b = 0. way: (T, 2), the way's places in the plane, or None. way_losses:
    (T,), the losses that the network really had there. held: the share of the way's squared distance from the center
    that lies in the plane; None without a way. kind: "random" or "path".
    """

    a: Array
    b: Array
    losses: Array
    directions: Array
    center: Array
    kind: str
    way: Array | None = None
    way_losses: Array | None = None
    held: float | None = None

    def __repr__(self) -> str:
        return f"<Landscape: {self}>"

    def __str__(self) -> str:
        plane = "random directions" if self.kind == "random" else "directions of the path"
        told = f"Loss from {self.losses.min():.3g} to {_largest(self.losses):.3g} in a plane of two {plane}"
        return told + ("." if self.held is None else f"; the plane holds {100 * self.held:.1f} % of the way.")


def landscape(
    net: Network,
    x: Any,
    target: Any,
    loss: Loss,
    *,
    path: Any = None,
    directions: str | None = None,
    span: float | None = None,
    resolution: int = 31,
    seed: int = 0,
) -> Landscape:
    """Compute the loss on x and target at theta + a d₁ + b d₂, over a grid of a and b, in evaluation mode.

    net: stays as it is; its theta is the center. x, target, loss: as for `net.backpropagate`; the mean loss over all
    rows. path: (T, P) thetas, such as `Path().points` of a run that ended here, for the way.
    directions: "random" for two normal ones of which each filter (row of weights) has the length of the network's own,
    and biases and scales none, so that landscapes of networks compare; "path" for the two in which the path spreads
    most, by its singular vectors. Unless given, "path" where there is one. span: how far the grid goes; unless given, 1
    for random directions, and as far as the path and a third more. resolution: points on each axis.
    With BatchNorm, running statistics stay those of the center.
    Sources: Li et al., Visualizing the loss landscape of neural nets, NeurIPS 2018, for both.

    >>> import layerwise as lw
    >>> net, x = lw.Network(lw.Linear(1, 1), dtype="float64"), np.array([[-1.0], [1.0]])
    >>> net.theta = [2.0, 0.0]
    >>> found = landscape(net, x, 2 * x, lw.MSELoss(), path=[[0, 1], [1, 0.5], [2, 0]], resolution=5)
    >>> found.losses.shape, found.way_losses.tolist(), round(found.held, 6)
    ((5, 5), [5.0, 1.25, 0.0], 1.0)
    """
    require_kind("net", net, Network, "lw.Network(...)")
    require_kind("loss", loss, Loss, "lw.CrossEntropyLoss()")
    resolution = whole_number("resolution", resolution, minimum=2)
    thetas = None if path is None else _thetas(path, net)
    kind = one_of("directions", ("random" if thetas is None else "path") if directions is None else directions, KINDS)
    center = net.theta.astype(np.float64)
    if kind == "random":
        plane = random_directions(net, seed)
    elif thetas is None:
        raise DataError("directions of the path need the path: pass path=, (T, P) thetas, such as Path().points")
    else:
        plane = path_directions(thetas, center)
    way = held = None
    if thetas is not None:
        way, held = _in_plane(thetas - center, plane)
    low, high = _limits(way, None if span is None else positive("span", span), kind)
    a, b = np.linspace(low[0], high[0], resolution), np.linspace(low[1], high[1], resolution)
    probe = deepcopy(net)
    places = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
    losses = _losses(probe, center + places @ plane, x, target, loss).reshape(resolution, resolution)
    way_losses = None if thetas is None else _losses(probe, thetas, x, target, loss)
    return Landscape(a, b, losses, plane, center, kind, way, way_losses, held)


def random_directions(net: Network, seed: int = 0) -> Array:
    """Two directions (2, P), normal, each row of a weight as long as the network's own, everything else 0."""
    draw = generator(seed, "landscape")
    found = np.zeros((2, net.theta.size))
    start = 0
    for parameter in net.parameters().values():
        values = np.asarray(parameter, np.float64)
        if values.ndim >= 2:
            rows = values.reshape(len(values), -1)
            noise = draw.standard_normal((2, *rows.shape))
            lengths = np.linalg.norm(noise, axis=-1, keepdims=True)
            scaled = noise / np.where(lengths > 0, lengths, 1) * np.linalg.norm(rows, axis=-1, keepdims=True)
            found[:, start : start + values.size] = scaled.reshape(2, -1)
        start += values.size
    return found


def path_directions(thetas: Array, center: Array) -> Array:
    """The two directions (2, P), of length 1, in which a path (T, P) spreads most around its center."""
    _, _, vectors = np.linalg.svd(thetas - center, full_matrices=False)
    two = np.zeros((2, thetas.shape[1]))
    two[: min(2, len(vectors))] = vectors[:2]
    if not two[1].any():  # a path of two points is a line: any direction across it will do
        across = np.eye(len(center))[int(np.argmin(np.abs(two[0])))] if len(center) > 1 else np.zeros(len(center))
        across = across - (across @ two[0]) * two[0]
        two[1] = across / (np.linalg.norm(across) or 1.0)
    return two


def _thetas(path: Any, net: Network) -> Array:
    thetas = real_array("path", path, np.float64)
    if thetas.ndim != 2 or thetas.shape[1] != net.theta.size or len(thetas) < 2:
        raise ShapeError(
            f"path must be two or more thetas of this network, (T, {net.theta.size}); got shape {thetas.shape}",
            "record it with listeners=[Path()] while this network is trained",
        )
    require_finite("path", thetas)
    return thetas


def _in_plane(steps: Array, plane: Array) -> tuple[Array, float]:
    """The places (T, 2) nearest to a way (T, P), and the share of its squared length that they hold."""
    places = np.linalg.lstsq(plane.T, steps.T, rcond=None)[0].T
    total = float((steps**2).sum())
    left = float(((steps - places @ plane) ** 2).sum())
    return places, 1 - left / total if total else 1.0


def _limits(way: Array | None, span: float | None, kind: str) -> tuple[Array, Array]:
    """The least and the largest a and b."""
    if span is not None or way is None:
        far = np.full(2, 1.0 if span is None else span)
        return -far, far
    low, high = way.min(axis=0), way.max(axis=0)
    room = np.maximum(high - low, 0.25 * float((high - low).max()) or 1.0) / 3
    low, high = low - room, high + room
    return (np.minimum(low, -1.0), np.maximum(high, 1.0)) if kind == "random" else (low, high)


def _losses(probe: Network, thetas: Sequence[Array] | Array, x: Any, target: Any, loss: Loss) -> Array:
    found = np.empty(len(thetas))
    with np.errstate(all="ignore"):  # far out, a network may leave the range of the numbers: infinity is the answer
        for place, theta in enumerate(thetas):
            probe.theta = theta.astype(probe.dtype)
            found[place] = evaluate(probe, x, target, loss)["loss"]
    return np.where(np.isfinite(found), found, np.inf)


def _largest(losses: Array) -> float:
    finite = losses[np.isfinite(losses)]
    return float(finite.max()) if finite.size else float("inf")
