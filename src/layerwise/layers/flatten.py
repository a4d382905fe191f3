"""From images or sequences to rows of features."""

from __future__ import annotations

import math

from layerwise import formulas
from layerwise.errors import ShapeError
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Flatten(Layer):
    """(N, C, H, W), or any other shape, into (N, C·H·W): the same numbers in a row. See `formulas.reshape`.

    Raises ShapeError for a single number, which is no batch.

    >>> import numpy as np
    >>> Flatten()(np.zeros((5, 1, 8, 8))).shape
    (5, 64)
    """

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        if x.ndim == 0:
            raise ShapeError(f"{self!r} expects a batch (N, ...), got a single number", "write np.reshape(x, (1, 1))")
        return pass_.call(self, formulas.reshape, x, (len(x), math.prod(x.shape[1:])))

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None or None in shape:
            return None
        return (math.prod(size or 1 for size in shape),)
