"""Twins of the losses that most networks train with: value and gradient in one or two passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.compiled import kernels, label_kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.types import Array, Differentiable


@twin_of("formulas.cross_entropy", "cross_entropy_with_logits")
def cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not z.size or not _fit(z, weight) or y.shape != z.shape[:1] or y.dtype.kind not in "iu" or not y.dtype.isnative:
        return formulas.cross_entropy_with_logits(z, y, weight, denominator)
    z, y, weight = np.ascontiguousarray(z), np.ascontiguousarray(y), np.ascontiguousarray(weight)
    shifted = np.empty_like(z)
    label_kernels.shift(z, shifted)
    p = np.exp(shifted)  # NumPy's exp uses the vector unit, Numba's does not
    C = label_kernels.cross_entropy(p, shifted, y, weight) / denominator

    def backward(dC: float) -> Array:
        dz = np.empty_like(p)
        label_kernels.cross_entropy_backward(p, y, weight, dC / denominator, dz)
        return dz

    return C, backward


@twin_of("formulas.cross_entropy", "binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not _fit(z, weight) or y.shape != z.shape or y.dtype != z.dtype:
        return formulas.binary_cross_entropy_with_logits(z, y, weight, denominator)
    return _with_slope(kernels.binary_cross_entropy, z, y, weight, denominator)


@twin_of("formulas.regression_loss", "mean_squared_error")
def mean_squared_error(prediction: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not _fit(prediction, weight) or y.shape != prediction.shape or y.dtype != prediction.dtype:
        return formulas.mean_squared_error(prediction, y, weight, denominator)
    return _with_slope(kernels.squared_error, prediction, y, weight, denominator)


def _with_slope(loop: Callable[..., Any], output: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The value of a loss whose loop finds its gradient on the way."""
    output, y, weight = np.ascontiguousarray(output), np.ascontiguousarray(y), np.ascontiguousarray(weight)
    slope = np.empty_like(output)
    C = loop(output, y, weight, denominator, slope)

    def backward(dC: float) -> Array:
        doutput = slope.copy() if dC == 1 else dC * slope  # 1 behind a network: there, a copy is three times as fast
        return doutput

    return C, backward


def _fit(z: Array, weight: Array) -> bool:
    """Whether the loops, which look at no bounds, can take these; about any others, the formula says what is wrong."""
    known = z.ndim == 2 and z.dtype in TYPES and weight.dtype == z.dtype
    return known and weight.shape in ((1, 1), (len(z), 1))
