"""Twin of the affine map, for small batches: there a NumPy call costs more than the arithmetic in it."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.kernels import affine, affine_input, affine_parameters
from layerwise.types import Array, Differentiable

SMALL = 16_384
"""Up to so many multiplications the loops of `kernels` beat NumPy's products with the calls around them (measured:
they draw level between 20,000 and 40,000)."""


@twin_of("formulas.affine", "linear")
def linear(x: Array, W: Array, b: Array) -> Differentiable:
    if (
        x.size * len(W) > SMALL
        or not x.dtype == W.dtype == b.dtype
        or x.dtype not in TYPES
        or b.ndim != 1
        or x.ndim != 2
    ):
        return formulas.linear(x, W, b)
    x, W, b = np.ascontiguousarray(x), np.ascontiguousarray(W), np.ascontiguousarray(b)
    z = np.empty((len(x), len(W)), x.dtype)
    affine(x, W, b, z)

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        dz = np.ascontiguousarray(dz, x.dtype)
        dx = None
        if input_gradient:
            dx = np.empty_like(x)
            affine_input(dz, W, dx)
        dW, db = np.empty_like(W), np.empty(len(W), x.dtype)
        affine_parameters(dz, x, dW, db)
        return dx, dW, db

    return z, backward
