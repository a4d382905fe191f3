"""The extreme curvatures of the loss: the largest and the least eigenvalue of its Hessian, without the Hessian.

H v is the change of the gradient along v, by central differences in float64: (g(θ + εv) - g(θ - εv)) / 2ε. The
method of Lanczos spans a space by v, Hv, H²v, ..., in which H is a small tridiagonal matrix; the ends of its spectrum
are those of H after few steps. Along an eigenvector gradient descent multiplies what is left by 1 - ηλ in each step,
and so it diverges where η > 2/λ.
Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994); Nocedal and Wright,
Numerical Optimization, 3.3; Golub and Van Loan, Matrix Computations, 10.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.types import Array

PRODUCTS = 30
"""Of the Hessian with a vector, at the most."""
SETTLED = 1e-3
"""Relative change of both ends from step to step at which they are taken."""


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


def curvature(net: Network, x: Array, target: Array, loss: Loss) -> Curvature | None:
    """The curvature of the loss where the network stands; None where it is not finite.

    >>> import layerwise as lw
    >>> net, x = lw.Network(lw.Linear(1, 1, bias=False)), np.array([[1.0], [2.0], [3.0]])
    >>> found = curvature(net, x, x, lw.MSELoss())     # C = mean (w x - x)², so its curvature is 2 mean x² = 28/3
    >>> round(found.largest, 4), round(found.limit, 4)
    (9.3333, 0.2143)
    """
    at, theta = gradient_at(net, x, target, loss), net.theta.astype(np.float64)
    value, gradient = at(theta)
    eps = 1e-4 * max(1.0, float(np.linalg.norm(theta)) / np.sqrt(max(1, theta.size)))

    def product(v: Array) -> Array:
        return np.asarray((at(theta + eps * v)[1] - at(theta - eps * v)[1]) / (2 * eps))

    found = ends(product, theta.size)
    return None if found is None else Curvature(*found, float(np.linalg.norm(gradient)), value)


def ends(product: Callable[[Array], Array], size: int) -> tuple[float, float, Array] | None:
    """The largest and the least eigenvalue of a symmetric matrix, and the vector of the least, by its products alone.

    Every new vector is made orthogonal to all before it, twice, so that rounding brings none of them back.

    >>> H = np.diag([5.0, 1.0, -3.0])
    >>> largest, least, along = ends(lambda v: H @ v, 3)
    >>> round(largest, 6), round(least, 6), np.abs(along).round(3)
    (5.0, -3.0, array([0., 0., 1.]))
    """
    v = generator(0, "curvature").normal(size=size)
    basis, images = [v / np.linalg.norm(v)], []
    before = (np.inf, np.inf)
    for _ in range(min(PRODUCTS, size)):
        image = product(basis[-1])
        if not np.isfinite(image).all():
            return None
        images.append(image)
        rows = np.array(basis)
        values, vectors = np.linalg.eigh(_symmetric(rows @ np.array(images).T))
        now = (float(values[-1]), float(values[0]))
        scale = max(abs(now[0]), abs(now[1]))
        rest = image - rows.T @ (rows @ image)
        rest -= rows.T @ (rows @ rest)
        length = float(np.linalg.norm(rest))
        settled = len(basis) > 4 and max(abs(a - b) for a, b in zip(now, before, strict=True)) <= SETTLED * scale
        if settled or length <= 1e-10 * max(scale, 1e-300):
            break
        before = now
        basis.append(rest / length)
    return now[0], now[1], vectors[:, 0] @ np.array(basis[: len(images)])


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.T) / 2
