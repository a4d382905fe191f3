"""LeNet: convolutions that find strokes, then shapes of strokes, and a dense network that reads them."""

from __future__ import annotations

from typing import Any

from layerwise.checks import whole_numbers
from layerwise.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from layerwise.network import Network


def lenet(
    classes: int = 10,
    *,
    channels: int = 1,
    maps: tuple[int, int] = (6, 16),
    seed: int = 0,
    dtype: Any = "float32",
) -> Network:
    """LeNet-5 for images of 28 x 28, with ReLU and maxima where the original has tanh and means.

    classes: how many logits for each image. channels: 1 for grey images. maps: how many patterns the two convolutions
    look for; 6 and 16 in the original. seed, dtype: as for `Network`. x: (N, channels, 28, 28); y: (N, classes).
    Source: LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition (1998)

    >>> lenet().theta.size
    61706
    >>> import numpy as np
    >>> lenet()(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """
    strokes, shapes = whole_numbers("maps", maps, count=2)
    return Network(
        Conv2d(channels, strokes, 5, padding=2),  # 28 x 28: a pattern of 5 x 5 pixels, looked for everywhere
        ReLU(),
        MaxPool2d(2),  # 14 x 14: that it is there matters more than where exactly
        Conv2d(strokes, shapes, 5),  # 10 x 10: each sees 14 x 14 pixels of the image
        ReLU(),
        MaxPool2d(2),  # 5 x 5
        Flatten(),
        Linear(shapes * 5 * 5, 120),
        ReLU(),
        Linear(120, 84),
        ReLU(),
        Linear(84, classes),
        seed=seed,
        dtype=dtype,
    )
