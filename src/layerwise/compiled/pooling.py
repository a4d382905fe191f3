"""Twin of the largest number of each window: no windows are copied, and each thread does a share of the images."""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled import pool_kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.workers import share
from layerwise.formulas.machinery.windows import Pair, output_size, sees_only_padding
from layerwise.types import Array, Differentiable


@twin_of("formulas.pooling", "max_pool2d")
def max_pool2d(
    x: Array,
    kernel: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Differentiable:
    if x.ndim != 4 or not x.size or x.dtype not in TYPES:
        return formulas.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
    settings = tuple(int(each) for pair in (kernel, stride, padding, dilation) for each in pair)
    sides = list(zip(x.shape[2:], kernel, stride, padding, dilation, strict=True))
    high, wide = places = [output_size(*side, ceil_mode) for side in sides]
    if min(places) < 1 or any(sees_only_padding(*side, count) for side, count in zip(sides, places, strict=True)):
        # a loop knows no winner in the padding
        return formulas.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
    images = np.ascontiguousarray(x)
    y = np.empty((*x.shape[:2], high, wide), x.dtype)
    winner = np.empty(y.shape, np.int32)
    share(lambda *part: pool_kernels.max_pool(images, y, winner, settings, *part), len(y))

    def backward(dy: Array) -> Array:
        if dy.shape != y.shape:  # a loop looks at no bounds; the formula says what is wrong
            _, readable = formulas.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
            gradient: Array = readable(dy)
            return gradient
        dy = np.ascontiguousarray(dy, x.dtype)
        dx = np.zeros(x.shape, x.dtype)
        share(lambda *part: pool_kernels.max_pool_backward(dy, winner, dx, *part), len(dx))
        return dx

    return y, backward
