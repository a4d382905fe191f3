"""A small ResNet: blocks that learn what to change, with a way around each of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from layerwise.checks import whole_numbers
from layerwise.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, Layer, Linear, ReLU
from layerwise.network import Network, Residual, Sequential


def resnet(
    classes: int = 10,
    *,
    channels: int = 1,
    widths: tuple[int, ...] = (16, 32, 64),
    seed: int = 0,
    dtype: Any = "float32",
) -> Network:
    """A residual network for small images, such as 28 x 28.

    classes: how many logits for each image. channels: 1 for grey images. widths: the channels behind the first
    convolution, and behind each block, which halves the sides of the image. seed, dtype: as for `Network`.
    x: (N, channels, H, W), of any size, since the last maps are averaged; y: (N, classes).
    A convolution in front of a BatchNorm2d has no bias, which the normalisation would take away again.
    Source: He, Zhang, Ren and Sun, Deep residual learning for image recognition (2016)

    >>> import numpy as np
    >>> resnet()(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """
    widths = whole_numbers("widths", widths)
    return Network(
        Conv2d(channels, widths[0], 3, padding=1, bias=False),
        BatchNorm2d(widths[0]),
        ReLU(),
        *[layer for before, width in pairwise(widths) for layer in _block(before, width)],
        AdaptiveAvgPool2d(1),
        Flatten(),
        Linear(widths[-1], classes),
        seed=seed,
        dtype=dtype,
    )


def _block(before: int, width: int) -> list[Layer]:
    """Two convolutions, of which the first halves the sides; the shortcut must change the shape in the same way."""
    return [
        Residual(
            Conv2d(before, width, 3, stride=2, padding=1, bias=False),
            BatchNorm2d(width),
            ReLU(),
            Conv2d(width, width, 3, padding=1, bias=False),
            BatchNorm2d(width),
            shortcut=Sequential(Conv2d(before, width, 1, stride=2, bias=False), BatchNorm2d(width)),
        ),
        ReLU(),
    ]
