"""What convolution and pooling share: a window slides over an image, and what it sees is looked at place by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from layerwise.types import Array

Pair: TypeAlias = tuple[int, int]
"""A setting for both directions: along the height, along the width."""


def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
    """At how many places a window fits: ⌊(size + 2 padding - dilation (kernel - 1) - 1) / stride⌋ + 1.

    size: of the input, along one axis. kernel: how many numbers the window sees, `dilation` apart from each other;
    stride: how far it moves from place to place; padding: zeros before and as many behind. Where the steps do not come
    out even, the last numbers are seen by no window: that is the floor. The result is 0 or less where none fits.
    With ceil_mode it is ⌈ ⌉ instead, and one more window sees them, which hangs over the end: as in torch, it must
    begin in the input or in the padding before it.
    Without dilation it is the textbook's (size + 2 padding - kernel) / stride + 1.
    Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), arXiv 1603.07285.

    >>> output_size(28, kernel=5), output_size(28, kernel=3, padding=1), output_size(28, kernel=3, stride=2)
    (24, 28, 13)
    >>> output_size(7, kernel=3, dilation=2), output_size(3, kernel=5)
    (3, -1)
    >>> output_size(6, kernel=3, stride=2), output_size(6, kernel=3, stride=2, ceil_mode=True)
    (2, 3)
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1  # how far the first window may move
    if not ceil_mode:
        return room // stride + 1
    steps = -(-room // stride)
    return steps + 1 if steps * stride < size + padding else steps


def overhang(sides: Sequence[int], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Pair:
    """How far the last windows reach beyond the padding behind, in ceil_mode.

    >>> overhang((6, 7), kernel=(3, 3), stride=(2, 2), padding=(0, 0), dilation=(1, 1))
    (1, 0)
    """
    beyond = []
    for size, k, s, p, d in zip(sides, kernel, stride, padding, dilation, strict=True):
        end = (output_size(size, k, s, p, d, ceil_mode=True) - 1) * s + d * (k - 1) + 1  # of the last window
        beyond.append(max(end - (size + 2 * p), 0))
    return beyond[0], beyond[1]


def sees_only_padding(size: int, kernel: int, stride: int, padding: int, dilation: int, places: int) -> bool:
    """Whether some window along this axis sees nothing of the input: it ends before it, or steps over it.

    >>> sees_only_padding(1, kernel=2, stride=1, padding=1, dilation=2, places=1)      # at -1 and at 1
    True
    """

    def misses(begin: int) -> bool:
        before = -(begin // dilation)  # so many numbers lie before the input
        return before >= kernel or begin + before * dilation >= size

    # One that begins in the input sees a number of it. One that begins behind it is so small that the first is blind.
    return any(misses(begin) for begin in range(-padding, 0, stride)[:places])


def pad(x: Array, padding: Pair, value: float = 0.0, behind: Pair = (0, 0)) -> Array:
    """x with `value` all around each image, and `behind` more below and to the right.

    x: (N, C, H, W); returns (N, C, H + 2p + behind, W + 2q + behind).
    """
    p, q = padding
    return np.pad(x, ((0, 0), (0, 0), (p, p + behind[0]), (q, q + behind[1])), constant_values=value)


def unpad(x: Array, padding: Pair, behind: Pair = (0, 0)) -> Array:
    """The images without what `pad` has put around them."""
    p, q = padding
    return x[:, :, p : x.shape[2] - p - behind[0], q : x.shape[3] - q - behind[1]]


def windows(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """All windows: at (n, c, h, w, i, j) stands x[n, c, h·stride + i·dilation, w·stride + j·dilation].

    x: (N, C, H, W). Returns (N, C, H', W', I, J), a view: nothing is copied.

    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> windows(x, kernel=(2, 2), stride=(1, 1), dilation=(1, 1))[0, 0, 0, 1]
    array([[1., 2.],
           [4., 5.]])
    """
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    everywhere = np.lib.stride_tricks.sliding_window_view(x, extent, axis=(2, 3))
    return everywhere[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def fold(dseen: Array, shape: tuple[int, ...], stride: Pair, dilation: Pair) -> Array:
    """The way back of `windows`: each number's gradient is the sum over all the windows that have seen it.

    dseen: (N, C, H', W', I, J), the gradient at every place of every window. shape: of x. Returns dx, (N, C, H, W).
    """
    _, _, high, wide, *kernel = dseen.shape
    dx = np.zeros(shape, dseen.dtype)
    for i, j in np.ndindex(*kernel):  # at place (i, j) of its window, each number is seen once at most
        top, left = i * dilation[0], j * dilation[1]
        rows = slice(top, top + stride[0] * high, stride[0])
        columns = slice(left, left + stride[1] * wide, stride[1])
        dx[:, :, rows, columns] += dseen[..., i, j]
    return dx
