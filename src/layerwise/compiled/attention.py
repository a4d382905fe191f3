"""Twin of self-attention: NumPy makes the four affine maps, and one loop all that stands between them, head by head."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.compiled import transformer_kernels as kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.tiles import COLUMNS
from layerwise.compiled.workers import share
from layerwise.formulas.attention import Attention
from layerwise.types import Array, Differentiable


@twin_of("formulas.attention", "multihead_attention")
def multihead_attention(
    x: Array, W_in: Array, b_in: Array, W_out: Array, b_out: Array, heads: int, mask: Array, dropout: Array
) -> Differentiable:
    arguments = x, W_in, b_in, W_out, b_out, heads, mask, dropout
    if not _fit(*arguments):
        return formulas.multihead_attention(*arguments)
    N, T, D = x.shape
    rows = np.ascontiguousarray(x).reshape(N * T, D)
    P = rows @ W_in.T
    if not math.isfinite(P.sum() + b_in.sum()):  # there 0 times NaN is NaN, which no shortcut may forget
        return formulas.multihead_attention(*arguments)
    d = D // heads
    parts, biases = P.reshape(N, T, 3, heads, d), np.ascontiguousarray(b_in).reshape(3, heads, d)
    wide = -(-T // COLUMNS) * COLUMNS  # whole tiles
    causal, barrier = _barrier(mask, T, wide, x.dtype)
    factors = _factors(dropout, N * heads * T, wide)
    lanes = COLUMNS if d > 8 else 8 if d > 4 else 4
    weights = np.empty((N * heads * wide, wide), x.dtype)
    joined = np.empty((N, T, heads, d), x.dtype)
    share(
        lambda *part: kernels.attend(parts, biases, causal, barrier, factors, weights, joined, lanes, *part),
        N,
    )
    joined = joined.reshape(N * T, D)
    y = joined @ W_out.T
    y += b_out

    def backward(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array, Array, Array]:
        if dy.shape != x.shape or not math.isfinite(dy.sum()):
            _, readable = formulas.multihead_attention(*arguments)
            gradients: tuple[Array | None, Array, Array, Array, Array] = readable(dy, input_gradient)
            return gradients
        drows = np.ascontiguousarray(dy, x.dtype).reshape(N * T, D)
        djoined = drows @ W_out
        dparts = np.empty_like(parts)
        share(
            lambda *part: kernels.attend_backward(
                djoined.reshape(N, T, heads, d), parts, biases, causal, factors, weights, dparts, lanes, *part
            ),
            N,
        )
        dP = dparts.reshape(N * T, 3 * D)
        dx = (dP @ W_in).reshape(x.shape) if input_gradient else None
        return dx, dP.T @ rows, dP.sum(axis=0), drows.T @ joined, drows.sum(axis=0)

    return Attention(y.reshape(N, T, D), weights.reshape(N, heads, wide, wide)[:, :, :T, :T]), backward


def _fit(
    x: Array, W_in: Array, b_in: Array, W_out: Array, b_out: Array, heads: int, mask: Array, dropout: Array
) -> bool:
    """Whether the loops can take these arrays; about any others, the formula says what is wrong."""
    if x.ndim != 3 or not x.size or x.shape[2] % heads or mask.ndim != 4 or mask.dtype.kind != "b":
        return False
    N, T, D = x.shape
    shapes = (3 * D, D), (3 * D,), (D, D), (D,)
    arrays = W_in, b_in, W_out, b_out
    if x.dtype not in TYPES or any(each.dtype != x.dtype for each in (*arrays, dropout)):
        return False
    if any(each.shape != shape for each, shape in zip(arrays, shapes, strict=True)):
        return False
    return all(there in (1, wanted) for there, wanted in zip(mask.shape, (N, heads, T, T), strict=True)) and (
        dropout.shape == (N, heads, T, T) or (dropout.size == 1 and dropout.item() == 1)
    )


def _barrier(mask: Array, T: int, wide: int, dtype: Any) -> tuple[bool, Array]:
    """Whether nobody looks ahead; and 0 where a step may look, -inf where not, (N or 1, heads or 1, T, wide)."""
    barrier = np.full((*mask.shape[:2], T, wide), -np.inf, dtype)
    np.copyto(barrier[..., :T], 0, where=mask)
    return not (mask & _ahead(T)).any(), barrier


@lru_cache(maxsize=64)
def _ahead(T: int) -> Array:
    """Where a step would look ahead, (T, T)."""
    return ~np.tri(T, dtype=bool)


def _factors(dropout: Array, rows: int, wide: int) -> Array:
    """What dropout multiplies each weight with, (rows, wide); empty if that is 1."""
    if dropout.size == 1 and dropout.item() == 1:
        return np.empty((0, wide), dropout.dtype)
    factors = np.zeros((rows, wide), dropout.dtype)
    T = dropout.shape[-1]
    factors[:, :T] = dropout.reshape(rows, T)
    return factors
