"""From images or sequences to rows of features."""

from __future__ import annotations

import math

from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Flatten(Layer):
    """(N, C, H, W), or any other shape, into (N, C·H·W): the same numbers in a row.

    >>> import numpy as np
    >>> Flatten()(np.zeros((5, 1, 8, 8))).shape
    (5, 64)
    """

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        def backward(dy: Array) -> Array:
            return dy.reshape(x.shape)

        return x.reshape(len(x), math.prod(x.shape[1:])), backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None or None in shape:
            return None
        return (math.prod(size or 1 for size in shape),)
