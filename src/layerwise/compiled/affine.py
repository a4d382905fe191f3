"""Twin of the affine map: loops for small batches, where a NumPy call costs more than the arithmetic in it; for large
ones NumPy's products, with the bias and its gradient in one pass each."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled.blas import side_by_side
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import IDENTITY, SMALL, TYPES
from layerwise.compiled.kernels import affine, affine_input, affine_parameters, finish, finish_backward
from layerwise.types import Array, Differentiable


@twin_of("formulas.affine", "linear")
def linear(x: Array, W: Array, b: Array) -> Differentiable:
    if not _fit(x, W, b):
        return formulas.linear(x, W, b)
    return (_small if x.size * len(W) <= SMALL else _large)(x, W, b)


def _small(x: Array, W: Array, b: Array) -> Differentiable:
    x, W, b = np.ascontiguousarray(x), np.ascontiguousarray(W), np.ascontiguousarray(b)
    z = np.empty((len(x), len(W)), x.dtype)
    affine(x, W, b, z)

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        if dz.shape != z.shape:  # a loop looks at no bounds; the formula says what is wrong
            return _readable(x, W, b, dz, input_gradient)
        dz = np.ascontiguousarray(dz, x.dtype)
        dx = None
        if input_gradient:
            dx = np.empty_like(x)
            affine_input(dz, W, dx)
        dW, db = np.empty_like(W), np.empty(len(W), x.dtype)
        affine_parameters(dz, x, dW, db)
        return dx, dW, db

    return z, backward


def _large(x: Array, W: Array, b: Array) -> Differentiable:
    z = x @ W.T
    finish(IDENTITY, z, np.ascontiguousarray(b))
    shape = z.shape

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        if dz.shape != shape:
            return _readable(x, W, b, dz, input_gradient)
        dz = np.ascontiguousarray(dz, x.dtype)
        db = np.empty(len(W), x.dtype)
        finish_backward(IDENTITY, dz, dz, db)  # which leaves dz as it is
        if not input_gradient:
            return None, dz.T @ x, db
        dx, dW = side_by_side(lambda: dz @ W, lambda: dz.T @ x)
        return dx, dW, db

    return z, backward


def _fit(x: Array, W: Array, b: Array) -> bool:
    """Whether the loops can take these arrays; about any others, the formula says what is wrong."""
    shapes = x.ndim == 2 and W.ndim == 2 and x.shape[1] == W.shape[1] and b.shape == W.shape[:1]
    return shapes and x.dtype == W.dtype == b.dtype and x.dtype in TYPES


def _readable(x: Array, W: Array, b: Array, dz: Array, input_gradient: bool) -> tuple[Array | None, Array, Array]:
    _, backward = formulas.linear(x, W, b)
    gradients: tuple[Array | None, Array, Array] = backward(dz, input_gradient)
    return gradients
