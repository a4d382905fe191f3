"""Twin of GELU: value and slope in one pass, where the formula waits for erfc, which SciPy computes one by one."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled import transformer_kernels as kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.workers import share
from layerwise.types import Array, Differentiable

WORTH = 2**17
"""Numbers below which waking another thread costs more than it brings."""


@twin_of("formulas.rectifier", "gelu")
def gelu(x: Array) -> Differentiable:
    if x.dtype != np.dtype("float32"):  # the polynomial is as exact as that type and no more
        return formulas.gelu(x)
    flat = np.ascontiguousarray(x).reshape(-1)
    y, slope = np.empty_like(flat), np.empty_like(flat)
    if len(flat) < WORTH:
        kernels.gelu(flat, y, slope)
    else:
        share(lambda first, last: kernels.gelu(flat[first:last], y[first:last], slope[first:last]), len(flat))
    slope = slope.reshape(x.shape)

    def backward(dy: Array) -> Array:
        dx: Array = dy * slope
        return dx

    return y.reshape(x.shape), backward
