"""A network of convolutions for small images, and images seen in other ways at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import layerwise as lw
from layerwise.random import generator
from layerwise.types import Array

Batches = Callable[[int], Iterator[tuple[Array, Array]]]


def image_network(shape: tuple[int, ...], classes: int, *, seed: int = 0) -> lw.Network:
    """Three convolutions, each with its own scale, and a linear map of the last one's 4 x 4 fields.

    shape: (C, H, W) of an image, sides of 8 or more.

    >>> image_network((1, 8, 8), 10)(np.zeros((2, 1, 8, 8))).shape
    (2, 10)
    """
    channels = shape[0]
    return lw.Network(
        lw.Conv2d(channels, 16, 3, padding=1, bias=False),
        lw.BatchNorm2d(16),
        lw.ReLU(),
        lw.Conv2d(16, 32, 3, padding=1, bias=False),
        lw.BatchNorm2d(32),
        lw.ReLU(),
        lw.MaxPool2d(2),
        lw.Conv2d(32, 32, 3, padding=1, bias=False),
        lw.BatchNorm2d(32),
        lw.ReLU(),
        lw.AdaptiveAvgPool2d(4),
        lw.Flatten(),
        lw.Dropout(0.3),
        lw.Linear(32 * 4 * 4, classes),
        seed=seed,
    )


def shifted(x: Array, labels: Array, *, most: int, mirror: bool, batch_size: int = 32, seed: int = 0) -> Batches:
    """Batches in which each image stands up to `most` pixels off, and mirrored half of the time if that is allowed.

    x: (N, C, H, W). A digit is another one in the mirror; a cat stays a cat.
    """
    padded = np.pad(x, [(0, 0), (0, 0), (most, most), (most, most)], mode="edge")
    height, width = x.shape[2:]

    def epoch(number: int) -> Iterator[tuple[Array, Array]]:
        rng = generator(seed, "shifts", step=number)
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            if len(rows) < 2:  # one image has no statistics of its own
                continue
            down, right = rng.integers(2 * most + 1, size=(2, len(rows)))
            images = np.stack(
                [padded[row, :, d : d + height, r : r + width] for row, d, r in zip(rows, down, right, strict=True)]
            )
            turned = rng.random(len(rows)) < 0.5 * mirror
            images[turned] = images[turned, :, :, ::-1]
            yield np.ascontiguousarray(images), labels[rows]

    return epoch
