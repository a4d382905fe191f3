"""The extreme curvatures of the loss: the largest and the least eigenvalue of its Hessian, without the Hessian.

H v is the change of the gradient along v, by central differences in float64: (g(θ + εv) - g(θ - εv)) / 2ε. Power
iteration on it finds the eigenvalue of largest size; on H - λ I then the one at the other end. Along an eigenvector
gradient descent multiplies what is left by 1 - ηλ in each step, and so it diverges where η > 2/λ.
Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994); Nocedal and Wright,
Numerical Optimization, 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.types import Array

ROUNDS = 40
SETTLED = 0.01
"""Relative change of the eigenvalue from round to round at which it is taken."""


@dataclass(frozen=True)
class Curvature:
    """largest, least: eigenvalues of the Hessian. along: the unit vector of the least one. gradient: the length of the
    gradient there. loss: its value."""

    largest: float
    least: float
    along: Array
    gradient: float
    loss: float

    @property
    def limit(self) -> float:
        """The rate above which plain gradient descent diverges: 2/λmax."""
        return 2 / self.largest if self.largest > 0 else np.inf


def gradient_at(net: Network, x: Array, target: Array, loss: Loss) -> Callable[[Array], tuple[float, Array]]:
    """θ → loss and gradient, on one batch with one mask of dropout, in float64."""
    twin = net.astype("float64")

    def at(theta: Array) -> tuple[float, Array]:
        twin.theta = theta
        twin.zero_grad()
        with np.errstate(all="ignore"):
            value = twin.backpropagate(x, target, loss, step=0)
        return value, twin.grad.copy()

    return at


def curvature(net: Network, x: Array, target: Array, loss: Loss, *, both: bool = True) -> Curvature | None:
    """The curvature of the loss where the network stands; None where it is not finite.

    both: whether the least eigenvalue is wanted, too; it takes as long again.

    >>> import layerwise as lw
    >>> net, x = lw.Network(lw.Linear(1, 1, bias=False)), np.array([[1.0], [2.0], [3.0]])
    >>> found = curvature(net, x, x, lw.MSELoss())     # C = mean (w x - x)², so its curvature is 2 mean x² = 28/3
    >>> round(found.largest, 4), round(found.limit, 4)
    (9.3333, 0.2143)
    """
    at, theta = gradient_at(net, x, target, loss), net.theta.astype(np.float64)
    value, gradient = at(theta)
    eps = 1e-4 * max(1.0, float(np.linalg.norm(theta))) / np.sqrt(max(1, theta.size)) ** 0.5

    def product(v: Array) -> Array:
        return np.asarray((at(theta + eps * v)[1] - at(theta - eps * v)[1]) / (2 * eps))

    first, along = _power(product, theta.size)
    if not np.isfinite(first):
        return None
    if not both:
        return Curvature(first, 0.0, along, float(np.linalg.norm(gradient)), value)
    shifted, other = _power(lambda v: product(v) - first * v, theta.size)
    second = shifted + first
    least, way = (second, other) if second < first else (first, along)
    return Curvature(max(first, second), least, way, float(np.linalg.norm(gradient)), value)


def _power(product: Callable[[Array], Any], size: int) -> tuple[float, Array]:
    """The eigenvalue of largest size, and its vector."""
    v = generator(0, "curvature").normal(size=size)
    v /= np.linalg.norm(v)
    value = np.inf
    for _ in range(ROUNDS):
        image = product(v)
        before, value = value, float(v @ image)
        length = float(np.linalg.norm(image))
        if not np.isfinite(length) or length == 0:
            return (0.0 if length == 0 else np.nan), v
        v = image / length
        if abs(value - before) <= SETTLED * abs(value):
            break
    return value, v
