"""The compiled loops behind batch normalisation of images: each worker has channels of its own.

The sums along a row may be taken in any order that LLVM likes, which is the same for every row of a length; those of
rows are added in float64, in their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.compiled.compiling import any_order, kernel
from layerwise.types import Array


@any_order
def total(row: Array) -> Any:
    found = row.dtype.type(0)
    for m in range(len(row)):
        found += row[m]
    return found


@any_order
def spread(row: Array, mean: Any) -> Any:
    """Σ (x - mean)²."""
    found = row.dtype.type(0)
    for m in range(len(row)):
        found += (row[m] - mean) * (row[m] - mean)
    return found


@any_order
def product(row: Array, x: Array, mean: Any) -> Any:
    """Σ row (x - mean)."""
    found = row.dtype.type(0)
    for m in range(len(row)):
        found += row[m] * (x[m] - mean)
    return found


@kernel
def batch_norm(
    x: Array, gamma: Array, beta: Array, eps: float, y: Array, mean: Array, var: Array, first: int, last: int
) -> None:
    """y, and the mean and variance of the channels from first to last. x, y: (N, C, pixels)."""
    N, _, M = x.shape
    number = x.dtype.type
    for c in range(first, last):
        found = 0.0
        for n in range(N):
            found += total(x[n, c])
        mean[c] = number(found / (N * M))
        found = 0.0
        for n in range(N):
            found += spread(x[n, c], mean[c])
        var[c] = number(found / (N * M))
        std = np.sqrt(var[c] + number(eps))
        centre, scale, shift = mean[c], gamma[c], beta[c]
        for n in range(N):
            row, result = x[n, c], y[n, c]
            for m in range(M):
                result[m] = scale * ((row[m] - centre) / std) + shift


@kernel
def batch_norm_backward(
    dy: Array,
    x: Array,
    gamma: Array,
    eps: float,
    mean: Array,
    var: Array,
    dx: Array,
    dgamma: Array,
    dbeta: Array,
    first: int,
    last: int,
) -> None:
    """dx = γ / std (dy - mean(dy) - x̂ mean(dy x̂)), dγ = Σ dy x̂, dβ = Σ dy."""
    N, _, M = x.shape
    number = x.dtype.type
    for c in range(first, last):
        centre, std = mean[c], np.sqrt(var[c] + number(eps))
        along = 0.0
        sum_dy = 0.0
        for n in range(N):
            sum_dy += total(dy[n, c])
            along += product(dy[n, c], x[n, c], centre)
        dbeta[c] = number(sum_dy)
        dgamma[c] = number(along / std)
        level, slope, scale = number(sum_dy / (N * M)), number(along / std / (N * M)), gamma[c]
        for n in range(N):
            above, row, result = dy[n, c], x[n, c], dx[n, c]
            for m in range(M):
                result[m] = scale * (above[m] - level - (row[m] - centre) / std * slope) / std
