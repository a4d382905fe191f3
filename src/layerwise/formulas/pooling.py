"""Pooling: each window of an image becomes one number, its largest or its mean; every channel for itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.formulas.machinery.windows import Pair, fold, overhang, pad, unpad, windows
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y_{nchw} = \max_{i,j} x_{n,\,c,\,hs + id - p,\,ws + jd - p}",
    x="(N, C, H, W)",
    kernel="(2,)",
    stride="(2,)",
    padding="(2,)",
    dilation="(2,)",
    ceil_mode="()",
    y="(N, C, H', W')",
    constants=("kernel", "stride", "padding", "dilation", "ceil_mode"),
    sample="max_samples",
    source="Jarrett et al., What is the best multi-stage architecture for object recognition?, ICCV 2009; Goodfellow "
    "et al., Deep Learning, 9.3",
)
def max_pool2d(
    x: Array,
    kernel: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Differentiable:
    """The largest number that each window sees. Beyond the edges stands -∞, which never wins.

    Backward: the whole gradient of a window goes to its winner, and nothing to the others. Of equal numbers the first
    wins, row by row, so that there is always exactly one; where the image itself is -∞, a number of the image. A window
    that sees NaN gives NaN, and NaN is the gradient at the first. One that sees only padding gives -∞, and no gradient
    comes back. H' and W' come from `output_size`; with ceil_mode the last windows may hang over the edge.

    >>> x = np.array([[[[1.0, 3.0, 2.0, 0.0], [0.0, 2.0, 2.0, 2.0]]]])
    >>> y, backward = max_pool2d(x, kernel=(2, 2), stride=(2, 2))
    >>> y
    array([[[[3., 2.]]]])
    >>> backward(np.array([[[[5.0, 7.0]]]]))
    array([[[[0., 5., 7., 0.],
             [0., 0., 0., 0.]]]])
    """
    behind = overhang(x.shape[2:], kernel, stride, padding, dilation) if ceil_mode else (0, 0)
    images = pad(x, padding, value=-np.inf, behind=behind)  # (N, C, H + 2p, W + 2p), and what lies behind
    seen = windows(images, kernel, stride, dilation)  # (N, C, H', W', I, J)
    y = seen.max(axis=(4, 5))
    ones = pad(np.ones((1, 1, *x.shape[2:])), padding, behind=behind)
    inside = windows(ones, kernel, stride, dilation)  # (1, 1, H', W', I, J): 1 where a number of the image stands
    largest = (inside == 1) & ((seen == y[..., None, None]) | np.isnan(seen))  # (N, C, H', W', I, J)
    winner = largest.reshape(*y.shape, kernel[0] * kernel[1]).argmax(axis=-1)  # the first, counted row by row

    def backward(dy: Array) -> Array:
        places = np.arange(kernel[0] * kernel[1]).reshape(kernel)  # (I, J)
        won = winner[..., None, None] == places  # (N, C, H', W', I, J)
        passed = np.where(np.isnan(y), y, dy)
        dseen = np.where(won, passed[..., None, None], 0)
        dx = unpad(fold(dseen, images.shape, stride, dilation), padding, behind)
        return dx

    return y, backward


@formula(
    r"y_{nchw} = \frac{1}{M} \sum_{i,j} x_{n,\,c,\,hs + i - p,\,ws + j - p}",
    x="(N, C, H, W)",
    kernel="(2,)",
    stride="(2,)",
    padding="(2,)",
    count_include_pad="()",
    ceil_mode="()",
    y="(N, C, H', W')",
    constants=("kernel", "stride", "padding", "count_include_pad", "ceil_mode"),
    sample="average_samples",
    source="LeCun et al., Gradient-based learning applied to document recognition, Proceedings of the IEEE 86 (1998)",
)
def avg_pool2d(
    x: Array,
    kernel: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> Differentiable:
    """The mean of what each window sees. Beyond the edges stand zeros.

    M, the number that the sum is divided by, is the size of the window; with count_include_pad=False it counts only the
    numbers that lie within the image. With ceil_mode the last windows may hang over the edge, and what they see beyond
    the padding is never counted. Backward: each of the numbers gets an M-th of the gradient.

    >>> y, backward = avg_pool2d(np.array([[[[1.0, 3.0, 2.0, 0.0]]]]), kernel=(1, 2), stride=(1, 2))
    >>> y
    array([[[[2., 1.]]]])
    >>> backward(np.array([[[[4.0, 6.0]]]]))
    array([[[[2., 2., 3., 3.]]]])
    """
    behind = overhang(x.shape[2:], kernel, stride, padding, dilation=(1, 1)) if ceil_mode else (0, 0)
    images = pad(x, padding, behind=behind)  # (N, C, H + 2p, W + 2p), and what lies behind
    seen = windows(images, kernel, stride, dilation=(1, 1))  # (N, C, H', W', I, J)
    inside = pad(np.ones((1, 1, *x.shape[2:]), x.dtype), padding, value=1.0 if count_include_pad else 0.0)
    counted = pad(inside, padding=(0, 0), behind=behind)
    M = windows(counted, kernel, stride, dilation=(1, 1)).sum(axis=(4, 5))  # (1, 1, H', W')
    y = seen.sum(axis=(4, 5)) / M

    def backward(dy: Array) -> Array:
        dseen = np.broadcast_to((dy / M)[..., None, None], seen.shape)
        dx = unpad(fold(dseen, images.shape, stride, dilation=(1, 1)), padding, behind)
        return dx

    return y, backward


@formula(
    r"y_{nchw} = \frac{1}{|A_h| |B_w|} \sum_{i \in A_h, j \in B_w} x_{ncij}, \quad "
    r"A_h = \{\lfloor hH/H' \rfloor, \dots, \lceil (h+1)H/H' \rceil - 1\}",
    x="(N, C, H, W)",
    size="(2,)",
    y="(N, C, H', W')",
    constants=("size",),
    sample="adaptive_samples",
    source="He et al., Spatial pyramid pooling in deep convolutional networks, ECCV 2014",
)
def adaptive_avg_pool2d(x: Array, size: Pair) -> Differentiable:
    """Means over windows that are chosen so that H' by W' of them, the size that is asked for, cover the image.

    They are as equal as they can be, and overlap where the sizes do not divide. A size of (1, 1) is the mean over the
    whole image, one number a channel. The mean of a window is the mean of the means of its columns, so that rows are
    averaged first, whatever the columns, and then columns. Backward, in the other order: each number gets its share of
    the gradient of every window that it lies in.

    >>> y, backward = adaptive_avg_pool2d(np.array([[[[1.0, 2.0, 6.0]]]]), size=(1, 2))
    >>> y      # the means of 1, 2 and of 2, 6
    array([[[[1.5, 4. ]]]])
    >>> backward(np.array([[[[10.0, 2.0]]]]))
    array([[[[5., 6., 1.]]]])
    """
    rows, columns = _parts(x.shape[2], size[0]), _parts(x.shape[3], size[1])
    means = np.stack([x[:, :, row].mean(axis=2) for row in rows], axis=2)  # (N, C, H', W)
    y = np.stack([means[..., column].mean(axis=3) for column in columns], axis=3)  # (N, C, H', W')

    def backward(dy: Array) -> Array:
        dmeans = np.zeros(means.shape, dy.dtype)
        for w, column in enumerate(columns):
            dmeans[..., column] += dy[..., w, None] / (column.stop - column.start)
        dx = np.zeros(x.shape, dy.dtype)
        for h, row in enumerate(rows):
            dx[:, :, row] += dmeans[:, :, h, None] / (row.stop - row.start)
        return dx

    return y, backward


def _parts(length: int, parts: int) -> list[slice]:
    """The windows along one axis: part h runs from ⌊h length / parts⌋ to ⌈(h + 1) length / parts⌉.

    >>> _parts(5, 2)
    [slice(0, 3, None), slice(2, 5, None)]
    """
    return [slice(h * length // parts, -(-(h + 1) * length // parts)) for h in range(parts)]


# What the formulas are tried on.


def max_samples(rng: Generator) -> Iterator[Case]:
    for shape, kernel, stride, padding, dilation, ceil_mode in [
        ((1, 1, 1, 1), (1, 1), (1, 1), (0, 0), (1, 1), False),
        ((2, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
        ((1, 3, 5, 4), (2, 3), (2, 1), (0, 1), (1, 1), False),  # the last row is seen by no window
        ((3, 1, 3, 6), (3, 2), (1, 3), (1, 1), (1, 1), False),  # windows overlap, and stand over the edges
        ((2, 1, 5, 5), (2, 2), (1, 2), (0, 0), (3, 2), False),
        ((1, 2, 2, 3), (1, 3), (1, 1), (0, 1), (1, 1), False),
        ((1, 2, 4, 6), (3, 3), (2, 2), (0, 0), (1, 1), True),  # the last windows hang over the edge
        ((2, 1, 5, 3), (2, 3), (2, 3), (1, 1), (1, 1), True),
        ((1, 1, 6, 7), (2, 2), (3, 3), (0, 1), (2, 1), True),
    ]:
        yield smooth(
            x=_apart(rng, shape),
            kernel=kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            ceil_mode=ceil_mode,
        )
    yield kink(
        x=np.array([[[[1.0, 2.0, 2.0], [2.0, 2.0, 2.0]]]]),
        kernel=(2, 2),
        stride=(1, 1),
        padding=(0, 0),
        dilation=(1, 1),
        ceil_mode=False,
    )


def _apart(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of which no two are nearly equal: which one is largest does not change with a small move."""
    return rng.permutation(np.prod(shape)).reshape(shape) / 7 - 1.5


def average_samples(rng: Generator) -> Iterator[Case]:
    for shape, kernel, stride, padding, count_include_pad, ceil_mode in [
        ((1, 1, 1, 1), (1, 1), (1, 1), (0, 0), True, False),
        ((2, 2, 4, 4), (2, 2), (2, 2), (0, 0), True, False),
        ((1, 3, 5, 4), (2, 3), (2, 1), (0, 1), True, False),
        ((3, 1, 3, 6), (3, 2), (1, 3), (1, 1), False, False),
        ((2, 1, 5, 5), (3, 3), (1, 2), (1, 0), False, False),
        ((1, 2, 2, 3), (1, 3), (1, 1), (0, 1), True, False),
        ((1, 2, 4, 6), (3, 3), (2, 2), (0, 0), True, True),  # the last windows hang over the edge
        ((2, 1, 5, 4), (2, 3), (2, 3), (1, 1), True, True),
        ((2, 1, 5, 4), (2, 3), (2, 3), (1, 1), False, True),
    ]:
        yield smooth(
            x=rng.normal(size=shape),
            kernel=kernel,
            stride=stride,
            padding=padding,
            count_include_pad=count_include_pad,
            ceil_mode=ceil_mode,
        )


def adaptive_samples(rng: Generator) -> Iterator[Case]:
    for shape, size in [
        ((1, 1, 1, 1), (1, 1)),
        ((2, 3, 4, 4), (1, 1)),
        ((1, 2, 5, 7), (3, 2)),  # windows of different sizes, which overlap
        ((3, 1, 6, 4), (3, 4)),
        ((2, 2, 2, 3), (4, 5)),  # more places than numbers
        ((1, 1, 5, 1), (2, 1)),
    ]:
        yield smooth(x=rng.normal(size=shape), size=size)
