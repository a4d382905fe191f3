"""Convolution: the same small set of weights at every place of an image, or of a signal.

Networks compute the cross-correlation, in which the kernel lies on the image as it is; the convolution of mathematics
turns it by half a turn first. Since the weights are learnt, the two can say the same, and only the picture of the
kernel is turned.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.formulas.machinery.windows import Pair, fold, output_size, pad, unpad, windows
from layerwise.types import Array, Differentiable, Generator

__all__ = ["conv1d", "conv2d", "output_size", "true_convolution2d"]


@formula(
    r"z_{nkhw} = b_k + \sum_{c,i,j} W_{kcij} \, x_{n,\,c,\,hs + id - p,\,ws + jd - p}",
    x="(N, C, H, W)",
    W="(K, C / groups, I, J)",
    b="(K,)",
    stride="(2,)",
    padding="(2,)",
    dilation="(2,)",
    groups="()",
    z="(N, K, H', W')",
    constants=("stride", "padding", "dilation", "groups"),
    sample="conv2d_samples",
    source="LeCun et al., Gradient-based learning applied to document recognition, Proceedings of the IEEE 86 (1998); "
    "Goodfellow et al., Deep Learning, 9.1",
)
def conv2d(
    x: Array,
    W: Array,
    b: Array,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Differentiable:
    """The weighted sum of what each window of an image sees: K kernels, each over all channels, plus biases.

    stride, padding, dilation: each a pair, along height and width; H' and W' come from `output_size`. groups: the
    channels and the kernels are dealt into so many groups, and each kernel sees the channels of its own group only.

    Backward, as for an affine map of what the windows see: dW is the product of dz with what was seen, summed over all
    samples and places, since they all share W; the gradient at what was seen is dz with W, and each number of x sums it
    over the windows that saw it. db is the sum of dz over samples and places.

    `backward(dz, input_gradient=False)` leaves out dx (it is None), which the first layer of a network never needs.

    >>> x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    >>> W = np.array([[[[1.0, 0.0], [0.0, 10.0]]]])      # the number itself, and ten times the one right below it
    >>> z, backward = conv2d(x, W, np.zeros(1))
    >>> z
    array([[[[51., 62.]]]])
    >>> dx, dW, db = backward(np.array([[[[1.0, 100.0]]]]))
    >>> dW
    array([[[[201., 302.],
             [504., 605.]]]])
    """
    images = pad(x, padding)  # (N, C, H + 2p, W + 2p)
    seen = windows(images, W.shape[2:], stride, dilation)  # (N, C, H', W', I, J)
    seen_by_group, W_by_group = np.split(seen, groups, axis=1), np.split(W, groups)
    sums = [_sum("nchwij,kcij->nkhw", *group) for group in zip(seen_by_group, W_by_group, strict=True)]
    z = np.concatenate(sums, axis=1) + b[:, None, None]

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        dz_by_group = np.split(dz, groups, axis=1)
        dW = np.concatenate(
            [_sum("nkhw,nchwij->kcij", *group) for group in zip(dz_by_group, seen_by_group, strict=True)]
        )
        db = dz.sum(axis=(0, 2, 3))
        if not input_gradient:
            return None, dW, db
        dseen = [_sum("nkhw,kcij->nchwij", *group) for group in zip(dz_by_group, W_by_group, strict=True)]
        dx = unpad(fold(np.concatenate(dseen, axis=1), images.shape, stride, dilation), padding)
        return dx, dW, db

    return z, backward


@formula(
    r"z_{nkt} = b_k + \sum_{c,i} W_{kci} \, x_{n,\,c,\,ts + id - p}",
    x="(N, C, T)",
    W="(K, C / groups, I)",
    b="(K,)",
    stride="()",
    padding="()",
    dilation="()",
    groups="()",
    z="(N, K, T')",
    constants=("stride", "padding", "dilation", "groups"),
    sample="conv1d_samples",
    source="Waibel et al., Phoneme recognition using time-delay neural networks, IEEE Transactions on Acoustics, "
    "Speech and Signal Processing 37 (1989)",
)
def conv1d(
    x: Array, W: Array, b: Array, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> Differentiable:
    """The weighted sum of what each window of a signal sees: `conv2d` for images one number high.

    The signal has its channels before its times. Backward: that of `conv2d`, without the height.

    >>> z, backward = conv1d(np.array([[[1.0, 2.0, 4.0, 8.0]]]), np.array([[[-1.0, 1.0]]]), np.zeros(1))
    >>> z      # the difference of neighbours
    array([[[1., 2., 4.]]])
    """
    image, kernels = x[:, :, None, :], W[:, :, None, :]  # (N, C, 1, T), (K, C, 1, I)
    z, backward_image = conv2d(image, kernels, b, (1, stride), (0, padding), (1, dilation), groups)

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        dimage, dkernels, db = backward_image(dz[:, :, None, :], input_gradient)
        dx = dimage[:, :, 0] if input_gradient else None
        dW = dkernels[:, :, 0]
        return dx, dW, db

    return z[:, :, 0], backward


@formula(
    r"(f * g)_{mn} = \sum_{i,j} f_{ij} \, g_{m-i,\,n-j}",
    f="(I, J)",
    g="(H, W)",
    z="(H + I - 1, W + J - 1)",
    sample="true_samples",
    source="Goodfellow et al., Deep Learning, 9.1, equation 9.5",
)
def true_convolution2d(f: Array, g: Array) -> Differentiable:
    """The convolution of mathematics, f * g: the kernel f is flipped, and it may hang over the edges of the image g.

    Beyond its edges g is 0. f * g = g * f. With the kernel flipped in both directions, `conv2d` with a padding of
    (I - 1, J - 1) computes the same: it takes f as it lies, which makes it the cross-correlation.

    Backward, both cross-correlations: df_ij = Σ_mn dz_mn g_m-i,n-j, and dg_hw = Σ_ij dz_h+i,w+j f_ij.

    >>> z, backward = true_convolution2d(np.array([[1.0, 10.0]]), np.array([[1.0, 2.0, 3.0]]))
    >>> z      # as one multiplies 10 + 1 and 3·100 + 2·10 + 1, before the carry
    array([[ 1., 12., 23., 30.]])
    """
    p, q = f.shape[0] - 1, f.shape[1] - 1
    padded = np.pad(g, ((p, p), (q, q)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, f.shape)  # (H + I - 1, W + J - 1, I, J)
    flipped = f[::-1, ::-1]
    z = _sum("mnij,ij->mn", seen, flipped)

    def backward(dz: Array) -> tuple[Array, Array]:
        dflipped = _sum("mnij,mn->ij", seen, dz)
        df = dflipped[::-1, ::-1]
        dz_seen = np.lib.stride_tricks.sliding_window_view(dz, f.shape)  # (H, W, I, J)
        dg = _sum("hwij,ij->hw", dz_seen, f)
        return df, dg

    return z, backward


def _sum(letters: str, a: Array, b: Array) -> Array:
    """The sum of products over the letters that are missing on the right, as one product of matrices."""
    result: Array = np.einsum(letters, a, b, optimize=True)
    return result


# What the formulas are tried on.


def conv2d_samples(rng: Generator) -> Iterator[Case]:
    for shape, kernels, stride, padding, dilation, groups in [
        ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0), (1, 1), 1),
        ((2, 1, 4, 5), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 1),
        ((1, 3, 3, 2), (2, 3, 2, 1), (1, 1), (0, 0), (1, 1), 1),
        ((3, 2, 5, 4), (2, 2, 2, 3), (2, 1), (0, 1), (1, 1), 1),  # the last row is seen by no window
        ((2, 2, 6, 5), (1, 2, 2, 3), (1, 2), (1, 0), (3, 2), 1),
        ((1, 4, 3, 3), (6, 2, 3, 2), (1, 1), (1, 1), (1, 1), 2),
        ((2, 3, 3, 4), (3, 1, 3, 3), (2, 3), (2, 2), (1, 1), 3),  # a kernel for each channel alone
    ]:
        yield smooth(
            x=rng.normal(size=shape),
            W=rng.normal(size=kernels),
            b=rng.normal(size=kernels[0]),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )


def conv1d_samples(rng: Generator) -> Iterator[Case]:
    for shape, kernels, stride, padding, dilation, groups in [
        ((1, 1, 1), (1, 1, 1), 1, 0, 1, 1),
        ((2, 1, 5), (3, 1, 3), 1, 1, 1, 1),
        ((1, 3, 4), (2, 3, 2), 1, 0, 1, 1),
        ((3, 2, 7), (4, 2, 3), 2, 1, 1, 1),
        ((2, 2, 6), (1, 2, 3), 1, 0, 2, 1),
        ((2, 4, 5), (2, 2, 2), 3, 2, 1, 2),
    ]:
        yield smooth(
            x=rng.normal(size=shape),
            W=rng.normal(size=kernels),
            b=rng.normal(size=kernels[0]),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )


def true_samples(rng: Generator) -> Iterator[Case]:
    for kernel, image in [
        ((1, 1), (1, 1)),
        ((3, 3), (5, 4)),
        ((1, 2), (3, 3)),
        ((2, 1), (1, 4)),
        ((3, 2), (2, 2)),
        ((2, 3), (6, 3)),
    ]:
        yield smooth(f=rng.normal(size=kernel), g=rng.normal(size=image))
