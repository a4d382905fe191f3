"""The compiled loops behind cross-entropy."""

from __future__ import annotations

import math
from typing import Any

from layerwise.compiled.compiling import kernel
from layerwise.compiled.transformer_kernels import largest, total
from layerwise.types import Array


@kernel
def shift(z: Array, shifted: Array) -> None:
    """Fill `shifted` with z minus the largest number of each row, (N, K). A NaN makes the sum over its row NaN."""
    N, K = z.shape
    for n in range(N):
        top = largest(z, n)
        for k in range(K):
            shifted[n, k] = z[n, k] - top


@kernel
def cross_entropy(e: Array, shifted: Array, y: Array, weight: Array) -> Any:
    """From e = exp(shifted): turn e into probabilities, and return the weighted sum of -log p at the labels."""
    N, K = e.shape
    found = 0.0
    for n in range(N):
        if y[n] < -K or y[n] >= K:
            raise IndexError("a label is out of bounds")
        mass = total(e, n)
        for k in range(K):
            e[n, k] /= mass
        found -= weight[n if len(weight) == N else 0, 0] * (shifted[n, y[n]] - math.log(mass))
    return found


@kernel
def cross_entropy_backward(p: Array, y: Array, weight: Array, scale: float, dz: Array) -> None:
    """dz = w (p - 1 at the label), with w = scale weight_n."""
    N, K = p.shape
    for n in range(N):
        if y[n] < -K or y[n] >= K:  # somebody may have changed the labels since
            raise IndexError("a label is out of bounds")
        w = scale * weight[n if len(weight) == N else 0, 0]
        for k in range(K):
            dz[n, k] = w * p[n, k]
        dz[n, y[n]] = w * (p[n, y[n]] - 1)
