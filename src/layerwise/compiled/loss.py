"""Twins of the losses that classifiers train with: value and gradient in two passes over small rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.compiled.choice import twin_of
from layerwise.compiled.kernel import kernel
from layerwise.types import Array, Differentiable


@twin_of("formulas.cross_entropy", "cross_entropy_with_logits")
def cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not z.size or not _plain(z, y, weight):
        return formulas.cross_entropy_with_logits(z, y, weight, denominator)
    p = np.empty_like(z)
    C = _cross_entropy(z, y, weight, p) / denominator

    def backward(dC: float) -> Array:
        dz = np.empty_like(p)
        _cross_entropy_backward(p, y, weight, dC / denominator, dz)
        return dz

    return C, backward


@kernel
def _cross_entropy(z: Array, y: Array, weight: Array, p: Array) -> Any:
    """Fill p with softmax(z), and return the weighted sum of -log p at the labels."""
    N, K = z.shape
    total = 0.0
    for n in range(N):
        top = z[n, 0]
        for k in range(1, K):
            top = z[n, k] if not z[n, k] <= top else top  # NaN wins
        for k in range(K):
            p[n, k] = np.exp(z[n, k] - top)
        mass = 0.0
        for k in range(K):
            mass += p[n, k]
        for k in range(K):
            p[n, k] /= mass
        w = weight[n if len(weight) == N else 0, 0]
        total -= w * (z[n, y[n]] - top - math.log(mass))
    return total


@kernel
def _cross_entropy_backward(p: Array, y: Array, weight: Array, scale: float, dz: Array) -> None:
    N, K = p.shape
    for n in range(N):
        w = scale * weight[n if len(weight) == N else 0, 0]
        for k in range(K):
            dz[n, k] = w * p[n, k]
        dz[n, y[n]] = w * (p[n, y[n]] - 1)


@twin_of("formulas.cross_entropy", "binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    if not _plain(z, y, weight) or z.dtype != y.dtype:
        return formulas.binary_cross_entropy_with_logits(z, y, weight, denominator)
    C = _binary_cross_entropy(z, y, weight) / denominator

    def backward(dC: float) -> Array:
        dz = np.empty(z.shape, z.dtype)
        _binary_cross_entropy_backward(z, y, weight, dC / denominator, dz)
        return dz

    return C, backward


@kernel
def _binary_cross_entropy(z: Array, y: Array, weight: Array) -> Any:
    """Return the weighted sum of max(z, 0) - z y + log(1 + exp(-|z|))."""
    total = 0.0
    for n in range(len(z)):
        w = weight[n if len(weight) == len(z) else 0, 0]
        for k in range(z.shape[1]):
            positive = 0 if z[n, k] < 0 else z[n, k]
            total += w * (positive - z[n, k] * y[n, k] + math.log1p(math.exp(-abs(z[n, k]))))
    return total


@kernel
def _binary_cross_entropy_backward(z: Array, y: Array, weight: Array, scale: float, dz: Array) -> None:
    for n in range(len(z)):
        w = scale * weight[n if len(weight) == len(z) else 0, 0]
        for k in range(z.shape[1]):
            e = math.exp(-abs(z[n, k]))
            dz[n, k] = w * ((1.0 if z[n, k] >= 0 else e) / (1 + e) - y[n, k])


def _plain(z: Array, y: Array, weight: Array) -> bool:
    """Whether the arrays lie in memory as they nearly always do: each other layout would be compiled for."""
    return z.flags.c_contiguous and y.flags.c_contiguous and weight.flags.c_contiguous and z.dtype == weight.dtype
