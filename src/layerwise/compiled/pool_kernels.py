"""The compiled loops behind pooling alone, of windows of any size, stride, padding and dilation."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.compiled.kernels import kernel
from layerwise.types import Array


@kernel
def max_pool(x: Array, y: Array, winner: Array, settings: Any, first: int, last: int) -> None:
    """y: the largest number of each window, of equal ones the first, of NaN the first.

    winner: where in its channel; of NaN, which has no slope, the complement of that, which is negative.
    """
    I, J, step_h, step_w, top, left, apart_h, apart_w = settings  # noqa: E741
    _, C, H, W = x.shape
    for n in range(first, last):
        for c in range(C):
            for h in range(y.shape[2]):
                for w in range(y.shape[3]):
                    best, place = x.dtype.type(-np.inf), -1
                    for i in range(I):
                        row = h * step_h - top + i * apart_h
                        if row < 0 or row >= H:
                            continue
                        for j in range(J):
                            column = w * step_w - left + j * apart_w
                            if column < 0 or column >= W:
                                continue
                            new = x[n, c, row, column]
                            if place < 0 or new > best or (new != new and best == best):
                                best, place = new, row * W + column
                    y[n, c, h, w] = best
                    winner[n, c, h, w] = place if best == best else ~place


@kernel
def max_pool_backward(dy: Array, winner: Array, dx: Array, first: int, last: int) -> None:
    """The gradient of each window, added at its winner: NaN at NaN. dx: zeros."""
    _, C, H, W = dy.shape
    width = dx.shape[3]
    for n in range(first, last):
        for c in range(C):
            for h in range(H):
                for w in range(W):
                    place = winner[n, c, h, w]
                    if place >= 0:
                        dx[n, c, place // width, place % width] += dy[n, c, h, w]
                    else:
                        dx[n, c, ~place // width, ~place % width] = np.nan
