"""Twin of the embedding: on the way back each row of the gradient is added where it belongs, in one pass."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled import transformer_kernels as kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.types import Array, Differentiable


@twin_of("formulas.embedding", "embedding")
def embedding(index: Array, W: Array, padding_idx: int | None = None) -> Differentiable:
    y, readable = formulas.embedding(index, W, padding_idx)
    if W.dtype not in TYPES or index.dtype.kind not in "iu" or not index.dtype.isnative:
        return y, readable

    def backward(dy: Array) -> Array:
        dW = np.zeros_like(W, order="C")
        rows = np.ascontiguousarray(np.broadcast_to(dy, y.shape), W.dtype).reshape(-1, W.shape[1])
        kernels.add_rows(np.ascontiguousarray(index, np.int64).reshape(-1), rows, dW)
        if padding_idx is not None:
            dW[padding_idx] = 0
        return dW

    return y, backward
