"""Datasets by name: what there is, and loading it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from layerwise.checks import one_of
from layerwise.data import curves, images, toys
from layerwise.data.assemble import Choices
from layerwise.data.bundled import BUNDLED, load_bundled
from layerwise.data.dataset import Card, Dataset
from layerwise.data.painted import painted
from layerwise.data.tables.words import shown
from layerwise.errors import SettingError


def names() -> list[Card]:
    """Every dataset that `load` makes or finds by itself: task, size, source, and whether it loads without a download.

    >>> [card.name for card in names()][:7]
    ['circles', 'xor', 'blobs', 'moons', 'spiral', 'checkerboard', 'rings']
    """
    large = [replace(card, offline=images.is_here(card.name)) for card in images.IMAGES.values()]
    made = [*(toys.card(name) for name in toys.TOYS), *(curves.card(name) for name in curves.CURVES)]
    return [*made, *BUNDLED.values(), *large]


def load(
    name: str,
    *,
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    scale: bool = True,
    flat: bool = True,
    n: int | None = None,
    noise: float | None = None,
    classes: int | None = None,
    points: Any = None,
    labels: Any = None,
    task: str | None = None,
) -> Dataset:
    """Load a dataset by name.

    Toy sets of classes in the plane: "circles", "xor", "blobs", "moons", "spiral", "checkerboard", "rings", with n
    samples (500), the noise of the formula and, for blobs (2 to 10), spiral and rings (2 to 5), the number of classes.
    Toy sets of regression: "line", "parabola", "sine", "step" over one number, "plane", "hills" over two, with n
    and noise. "painted" takes points, labels and task, as `painted` does.
    Real sets: "digits", "iris", "wine", "breast_cancer", "diabetes". Larger ones: "mnist", "fashion_mnist", from the
    folder or address in the environment variable LAYERWISE_DATA_MIRROR, a system package, the cache, or the network,
    checked by sha256.

    seed: of the formula and the split. validation, test: fractions of the samples (0.1 and 0.2), classes in equal
    shares. The test part of mnist and fashion_mnist is fixed, 10,000 images; of the 60,000 others the validation
    part gets 5,000, drawn by the seed, or the fraction `validation`.
    scale: columns standardised by the training part, targets of regression too; pixels divided by their largest
    value (255; digits 16). Toy sets stay in the coordinates of their formula. False leaves all numbers as they are.
    flat: images as (N, H * W); False gives (N, 1, H, W).

    Errors: `SettingError` or `KindError` for names and options, `DataError` when a part would be empty,
    `FileError` when the images can not be had.

    >>> data = load("iris", seed=3)
    >>> [len(part.x) for part in (data.train, data.validation, data.test)]
    [105, 15, 30]
    """
    one_of("dataset", name, [*toys.TOYS, *curves.CURVES, "painted", *BUNDLED, *images.IMAGES])
    if name == "painted":
        if points is None or labels is None:
            raise SettingError("painted needs points=[[x1, x2], ...] and labels=[...], one for each point")
        _refuse(name, "the points that are given", n=n, noise=noise, classes=classes, flat=None if flat else False)
        task = task or "classification"
        return painted(points, labels, task=task, seed=seed, validation=validation, test=test, scale=scale)
    _refuse(name, "its own points", points=points, labels=labels, task=task)
    if name in images.IMAGES:
        _refuse(name, "a fixed test part of 10,000 images", test=test)
    choices = Choices(
        seed=seed, validation=validation, test=test, scale=scale, flat=flat, fixed_test=name in images.IMAGES
    )
    if name in toys.TOYS:
        _refuse(name, "one row of features a sample", flat=None if flat else False)
        if toys.TOYS[name].most == 2 and classes not in (None, 2):
            _refuse(name, "two classes", classes=classes)
        return toys.load_toy(name, choices, n=n, noise=noise, classes=classes)
    if name in curves.CURVES:
        _refuse(name, "one row of features a sample", flat=None if flat else False)
        _refuse(name, "a quantity as its target", classes=classes)
        return curves.load_curve(name, choices, n=n, noise=noise)
    _refuse(name, "a fixed set of samples", n=n, noise=noise, classes=classes)
    if name in images.IMAGES:
        return images.load_images(name, choices)
    if name != "digits":
        _refuse(name, "one row of features a sample", flat=None if flat else False)
    return load_bundled(name, choices)


def _refuse(name: str, reason: str, **options: Any) -> None:
    """An option that would change nothing is refused, so that nobody believes it did."""
    for option, value in options.items():
        if value is not None:
            raise SettingError(f"{name} has {reason}: leave out {option}={shown(value)}")
