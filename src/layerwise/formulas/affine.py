"""The affine map: every output is a weighted sum of all inputs plus a bias."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"z = x W^\top + b",
    x="(N, D)",
    W="(K, D)",
    b="(K,)",
    z="(N, K)",
    sample="linear_samples",
    source="Rosenblatt, The perceptron, Psychological Review 65 (1958); Goodfellow et al., Deep Learning, 6.1",
)
def linear(x: Array, W: Array, b: Array) -> Differentiable:
    r"""Weighted sums plus biases, for a whole batch: row n of z is W x_n + b.

    Backward, from dz (N, K), one product for each factor of the forward product:
    dx = dz W, dW = dzᵀ x, db = Σ_n dz_n. The sum in db answers the broadcast of b to all rows; there is no mean here,
    since the cost has already divided by its denominator.

    `backward(dz, input_gradient=False)` leaves out dx (it is None), which the first layer of a network never needs.

    >>> import numpy as np
    >>> x, W, b = np.array([[1.0, 0.0, -2.0]]), np.array([[2.0, 3.0, 1.0]]), np.array([0.5])
    >>> z, backward = linear(x, W, b)
    >>> z
    array([[0.5]])
    >>> dx, dW, db = backward(np.array([[10.0]]))
    >>> dW
    array([[ 10.,   0., -20.]])
    """
    z = x @ W.T + b

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        dx = dz @ W if input_gradient else None
        dW = dz.T @ x
        db = dz.sum(axis=0)
        return dx, dW, db

    return z, backward


# What the formulas are tried on.


def linear_samples(rng: Generator) -> Iterator[Case]:
    for n, d, k in [(1, 1, 1), (1, 3, 2), (5, 1, 4), (4, 7, 1), (3, 4, 5), (11, 6, 3)]:
        yield smooth(x=rng.normal(size=(n, d)), W=rng.normal(size=(k, d)), b=rng.normal(size=k))
