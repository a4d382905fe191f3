"""Twins of the losses that classifiers train with: value and gradient in two passes over small rows."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled import kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.types import Array, Differentiable


@twin_of("formulas.cross_entropy", "cross_entropy_with_logits")
def cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not z.size or y.shape != z.shape[:1] or not _plain(z, y, weight):
        return formulas.cross_entropy_with_logits(z, y, weight, denominator)
    shifted = np.empty_like(z)
    kernels.shift(z, shifted)
    p = np.exp(shifted)  # NumPy's exp uses the vector unit, Numba's does not
    C = kernels.cross_entropy(p, shifted, y, weight) / denominator

    def backward(dC: float) -> Array:
        dz = np.empty_like(p)
        kernels.cross_entropy_backward(p, y, weight, dC / denominator, dz)
        return dz

    return C, backward


@twin_of("formulas.cross_entropy", "binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if y.shape != z.shape or z.dtype != y.dtype or not _plain(z, y, weight):
        return formulas.binary_cross_entropy_with_logits(z, y, weight, denominator)
    slope = np.empty_like(z)
    C = kernels.binary_cross_entropy(z, y, weight, slope) / denominator

    def backward(dC: float) -> Array:
        dz = slope * (dC / denominator)
        return dz

    return C, backward


def _plain(z: Array, y: Array, weight: Array) -> bool:
    """Whether the arrays are as usual: the loops look at no bounds, and are compiled anew for each layout."""
    if z.ndim != 2 or weight.shape not in ((len(z), 1), (1, 1)):
        return False
    contiguous = z.flags.c_contiguous and y.flags.c_contiguous and weight.flags.c_contiguous
    return contiguous and y.dtype.isnative and z.dtype == weight.dtype and z.dtype in TYPES
