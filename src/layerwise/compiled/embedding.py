"""Twin of the embedding: on the way back each row of the gradient is added where it belongs, in one pass."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.compiling import kernel
from layerwise.types import Array, Differentiable


@kernel
def add_rows(index: Array, rows: Array, dW: Array) -> None:
    """dW[i_n] += rows[n], row by row. index: (N,), of numbers from -V to V - 1; rows: (N, D)."""
    V = len(dW)
    for n in range(len(index)):
        i = index[n] + V if index[n] < 0 else index[n]
        for d in range(dW.shape[1]):
            dW[i, d] += rows[n, d]


@twin_of("formulas.embedding", "embedding")
def embedding(index: Array, W: Array, padding_idx: int | None = None) -> Differentiable:
    y, readable = formulas.embedding(index, W, padding_idx)
    if W.dtype not in TYPES or index.dtype.kind not in "iu" or not index.dtype.isnative:
        return y, readable

    def backward(dy: Array) -> Array:
        dW = np.zeros_like(W, order="C")
        rows = np.ascontiguousarray(np.broadcast_to(dy, y.shape), W.dtype).reshape(-1, W.shape[1])
        add_rows(np.ascontiguousarray(index, np.int64).reshape(-1), rows, dW)
        if padding_idx is not None:
            dW[padding_idx] = 0
        return dW

    return y, backward
