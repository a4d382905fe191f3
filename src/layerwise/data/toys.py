"""Toy sets: points in the plane, made by a formula and a seed, for networks that one can look into.

Each maker takes n, the noise σ, the number of classes and a generator and returns points (n, 2) and labels (n,). The
classes take turns, so they are equal up to one sample. The points stay in the coordinates of the formula, of order 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.checks import not_negative, whole_number
from layerwise.data.assemble import Choices, Feature, Target, table_dataset
from layerwise.data.dataset import Card, Dataset
from layerwise.errors import SettingError
from layerwise.random import generator
from layerwise.types import Array, Generator

SAMPLES = 500
MOST_SAMPLES = 1_000_000

Maker = Callable[[int, float, int, Generator], tuple[Array, Array]]


def circles(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """Two rings around the origin: x = r (cos t, sin t) + ε, r = 1 (class 0) or 1/2 (class 1).

    t is uniform on [0, 2π), ε normal with standard deviation `noise` in each coordinate.
    """
    labels = _turns(n, classes)
    t = draw.uniform(0, 2 * np.pi, n)
    r = np.where(labels == 0, 1.0, 0.5)
    return _around(np.stack([r * np.cos(t), r * np.sin(t)], axis=1), noise, draw), labels


def xor(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """The filled square [-1, 1]², class 1 where the signs of the coordinates differ: no line parts the classes.

    Each quadrant gets a quarter of the points, uniform in it; then ε, normal with standard deviation `noise`,
    is added to each coordinate (labels are those from before).
    """
    quadrant = np.arange(n) % 4
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[quadrant]
    labels = (signs[:, 0] != signs[:, 1]).astype(np.int64)
    return _around(signs * draw.uniform(0, 1, (n, 2)), noise, draw), labels


def blobs(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """Round clouds: x = (cos 2πk/K, sin 2πk/K) + ε for class k of K, ε normal with standard deviation `noise`."""
    labels = _turns(n, classes)
    t = 2 * np.pi * labels / classes
    return _around(np.stack([np.cos(t), np.sin(t)], axis=1), noise, draw), labels


def moons(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """Two half circles that reach into each other: (cos t, sin t) and (1 - cos t, 1/2 - sin t), plus ε.

    t is uniform on [0, π), ε normal with standard deviation `noise` in each coordinate.
    """
    labels = _turns(n, classes)
    t = draw.uniform(0, np.pi, n)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    return _around(np.where(labels[:, None] == 0, upper, lower), noise, draw), labels


def spiral(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """Arms that wind 1.5 times around the origin: x = t (cos φ, sin φ) + ε, φ = 3π t + 2πk/K for arm k of K.

    t is uniform on [0.1, 1), ε normal with standard deviation `noise` in each coordinate.
    """
    labels = _turns(n, classes)
    t = draw.uniform(0.1, 1, n)
    angle = 3 * np.pi * t + 2 * np.pi * labels / classes
    return _around(np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1), noise, draw), labels


def checkerboard(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """The square [-1, 1]² cut into 4 x 4 fields, class 0 and 1 in turn as on a chess board.

    Each field gets a sixteenth of the points, uniform in it; then ε, normal with standard deviation `noise`, is added
    to each coordinate (labels are those from before).
    """
    field = np.arange(n) % 16
    corner = np.stack([field % 4, field // 4], axis=1)
    labels = corner.sum(axis=1) % 2
    return _around((corner + draw.uniform(0, 1, (n, 2))) / 2 - 1, noise, draw), labels


def rings(n: int, noise: float, classes: int, draw: Generator) -> tuple[Array, Array]:
    """Rings around the origin: x = r (cos t, sin t) + ε with r = (k + 1) / K for class k of K, the last outermost.

    t is uniform on [0, 2π), ε normal with standard deviation `noise` in each coordinate.
    """
    labels = _turns(n, classes)
    t = draw.uniform(0, 2 * np.pi, n)
    r = (labels + 1) / classes
    return _around(np.stack([r * np.cos(t), r * np.sin(t)], axis=1), noise, draw), labels


@dataclass(frozen=True)
class Toy:
    """A maker with its defaults. `names` are the classes; `most` > 2 lets the caller choose how many."""

    make: Maker
    noise: float
    names: tuple[str, ...]
    description: str
    most: int = 2

    def class_names(self, classes: int) -> tuple[str, ...]:
        """As given for two fixed classes, else numbered: `arm 0`, `arm 1`."""
        return self.names if self.most == 2 else tuple(f"{self.names[0]} {k}" for k in range(classes))


TOYS = {
    "circles": Toy(circles, 0.1, ("outer", "inner"), "two rings in the plane, one inside the other"),
    "xor": Toy(xor, 0.0, ("same sign", "different sign"), "a square in the plane, its quadrants in turn"),
    "blobs": Toy(blobs, 0.3, ("blob",), "round clouds in the plane, their centres on a circle", most=10),
    "moons": Toy(moons, 0.1, ("upper", "lower"), "two half circles in the plane that reach into each other"),
    "spiral": Toy(spiral, 0.02, ("arm",), "arms in the plane that wind around each other", most=5),
    "checkerboard": Toy(checkerboard, 0.0, ("white", "black"), "a square in the plane, cut into 16 fields in turn"),
    "rings": Toy(rings, 0.05, ("ring",), "rings in the plane, each around the one before", most=5),
}

_DEFAULT_CLASSES = {"blobs": 3, "rings": 3}


def card(name: str, n: int = SAMPLES, classes: int | None = None) -> Card:
    """What is known of a toy set before it is made."""
    return Card(
        name=name,
        task="classification",
        samples=n,
        features=2,
        classes=classes or _DEFAULT_CLASSES.get(name, 2),
        description=TOYS[name].description,
        source=f"Made by the formula of layerwise.data.toys.{name}.",
        terms="Free of any terms.",
    )


def load_toy(name: str, choices: Choices, *, n: int | None, noise: float | None, classes: int | None) -> Dataset:
    """Make a toy set. None takes the default of the set: 500 samples, its noise, two classes (blobs, rings: three)."""
    toy = TOYS[name]
    n = check_samples(n)
    noise = check_noise(toy.noise if noise is None else noise)
    classes = _check_classes(name, toy, classes)
    points, labels = toy.make(n, noise, classes, generator(choices.seed, f"data.{name}"))
    target = Target("class", labels, toy.class_names(classes))
    columns = {"x1": points[:, 0], "x2": points[:, 1]}
    return table_dataset(
        card(name, n, classes), [Feature(*column) for column in columns.items()], target, choices, scale=False
    )


def check_samples(n: object) -> int:
    """The number of points to make; None gives 500."""
    n = whole_number("n", SAMPLES if n is None else n)
    if n > MOST_SAMPLES:
        raise SettingError(f"n must be at most {MOST_SAMPLES:,}, got {n:,}")
    return n


def check_noise(noise: object) -> float:
    """A standard deviation in the coordinates of the formula."""
    noise = not_negative("noise", noise)
    if noise > 1000:
        raise SettingError(f"noise must be at most 1000 (the points themselves are of order 1), got {noise:g}")
    return noise


def _check_classes(name: str, toy: Toy, classes: int | None) -> int:
    if classes is None:
        return _DEFAULT_CLASSES.get(name, 2)
    classes = whole_number("classes", classes, minimum=2)
    if classes > toy.most:
        raise SettingError(f"{name} can have at most {toy.most} classes, got {classes}")
    return classes


def _turns(n: int, classes: int) -> Array:
    return np.arange(n, dtype=np.int64) % classes


def _around(points: Array, noise: float, draw: Generator) -> Array:
    return points + noise * draw.standard_normal(points.shape)
