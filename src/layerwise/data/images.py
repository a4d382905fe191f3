"""MNIST and Fashion-MNIST: 70,000 images each, read from the idx files of their authors."""

from __future__ import annotations

import numpy as np

from layerwise.data import sources
from layerwise.data.assemble import Choices, Target, image_preparation
from layerwise.data.dataset import Card, Dataset, Part
from layerwise.errors import DataError
from layerwise.random import generator
from layerwise.types import Array

VALIDATION_IMAGES = 5_000

_CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_CLASSES = {"mnist": tuple("0123456789"), "fashion_mnist": _CLOTHES}
_WHITE = 255

IMAGES = {
    card.name: card
    for card in (
        Card(
            name="mnist",
            task="classification",
            samples=70_000,
            features=784,
            classes=10,
            description="handwritten digits, grey images of 28 x 28 pixels",
            source="The MNIST database, Y. LeCun, C. Cortes and C. Burges, 1998.",
            terms="Freely used for research; CC BY-SA 3.0 as commonly stated.",
        ),
        Card(
            name="fashion_mnist",
            task="classification",
            samples=70_000,
            features=784,
            classes=10,
            description="pieces of clothing, grey images of 28 x 28 pixels",
            source="Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf (Zalando), 2017.",
            terms="MIT licence.",
        ),
    )
}


def is_here(name: str) -> bool:
    """Whether the set lies on this machine, so that loading it needs no download."""
    return sources.is_here(_folder(name))


def load_images(name: str, choices: Choices) -> Dataset:
    """The test images are the test part; of the others the last of a seeded permutation are for validation."""
    images, labels = _read(name, "train")
    test_images, test_labels = _read(name, "t10k")
    target = Target("class", labels, _CLASSES[name])
    preparation = image_preparation(images.shape[1:], target, choices, white=_WHITE)
    train, validation = _split(len(images), choices)

    def part(pixels: Array, labels: Array) -> Part:
        return Part(preparation.apply_matrix(pixels.reshape(len(pixels), -1)), labels)

    card = IMAGES[name]
    return Dataset(
        name=name,
        task=card.task,
        train=part(images[train], labels[train]),
        validation=part(images[validation], labels[validation]),
        test=part(test_images, test_labels),
        preparation=preparation,
        description=card.description,
        source=card.source,
        terms=card.terms,
        image_shape=(1, *images.shape[1:]),
    )


def read_idx(content: bytes) -> Array:
    """The array in an idx file of unsigned bytes: a magic number that ends in the rank, the sizes, the bytes.

    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))
    array([7, 9], dtype=uint8)
    """
    rank = content[3]
    sizes = np.frombuffer(content, ">u4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(sizes)


def _folder(name: str) -> str:
    return name.replace("_", "-")


def _read(name: str, part: str) -> tuple[Array, Array]:
    images = read_idx(sources.read_checked(f"{_folder(name)}/{part}-images-idx3-ubyte"))
    labels = read_idx(sources.read_checked(f"{_folder(name)}/{part}-labels-idx1-ubyte"))
    return images, labels.astype(np.int64)


def _split(n: int, choices: Choices) -> tuple[Array, Array]:
    """Rows for training and for validation: 5,000 images of 60,000, or the fraction that was asked for."""
    held_out = VALIDATION_IMAGES if choices.validation is None else max(1, int(choices.validation * n + 0.5))
    if held_out >= n:
        raise DataError(f"validation takes {held_out:,} of {n:,} images and leaves none for training")
    order = generator(choices.seed, "data.split").permutation(n)
    return order[:-held_out], order[-held_out:]
