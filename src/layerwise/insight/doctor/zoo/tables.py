"""The data of the zoo: made by a draw, learnable by a small network in seconds, as raw as people have it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.types import Array


class Part(NamedTuple):
    """Rows x and what is to be said of them."""

    x: Array
    target: Array


class Table(NamedTuple):
    """Three parts of data. features: numbers (channels, tokens) of a row; classes: 0 for quantities."""

    train: Part
    validation: Part
    test: Part
    features: int
    classes: int = 0


def cut(x: Array, target: Array, features: int, classes: int = 0, train: float = 0.6) -> Table:
    """The first rows to learn from, half of the others to choose by, the last to tell."""
    a = int(train * len(x))
    b = (a + len(x)) // 2
    first, second, third = (Part(x[rows], target[rows]) for rows in (slice(a), slice(a, b), slice(b, None)))
    return Table(first, second, third, features, classes)


def classes(draw: Draw, rows: int = 600, most: int = 5, apart: float = 1.6) -> Table:
    """Clouds in space, two to a class, their columns in units of their own: no plane parts the classes.

    3 to `most` classes, 6 to 14 columns; units from 1 to 300, means from -3 to 3 units.
    """
    K, D = draw.whole(3, most), draw.whole(6, 14)
    centres = apart * draw.normal(2 * K, D)
    cloud = draw.order(rows) % (2 * K)
    x = centres[cloud] + draw.normal(rows, D)
    units = np.exp(draw.random.uniform(0, np.log(300), D))
    return cut(units * (x + draw.random.uniform(-3, 3, D)), cloud % K, D, K)


def rings(draw: Draw, rows: int = 500) -> Table:
    """Points in the plane, 2 or 3 rings around each other: a straight line knows nothing of them."""
    K = draw.whole(2, 3)
    labels = draw.order(rows) % K
    angle = draw.random.uniform(0, 2 * np.pi, rows)
    radius = 1 + labels + 0.15 * draw.normal(rows)
    return cut(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels, 2, K)


def pairs(draw: Draw, rows: int = 500) -> Table:
    """Yes or no, (N, 1): whether two of 4 to 8 numbers have the same sign."""
    D = draw.whole(4, 8)
    x = draw.normal(rows, D)
    return cut(x, (x[:, :1] * x[:, 1:2] > 0).astype(np.float64), D)


def rare(draw: Draw, rows: int = 1500) -> Table:
    """Two classes, one of them 1 row in 25 to 40, in a cloud of its own that reaches into the other."""
    D, every = draw.whole(4, 8), draw.whole(25, 40)
    labels = (draw.order(rows) % every == 0).astype(np.int64)
    direction = draw.normal(D)
    x = draw.normal(rows, D) + labels[:, None] * 2.0 * direction / np.linalg.norm(direction)
    return cut(x, labels, D, 2, train=0.4)


def quantities(draw: Draw, rows: int = 500, noise: float = 0.05) -> Table:
    """A bent surface over 3 to 8 columns, as numbers in the hundreds: y = a (sin u + v w) + b, noise besides."""
    D = draw.whole(3, 8)
    x = draw.normal(rows, D)
    u, v, w = (x @ (draw.normal(D) / np.sqrt(D)) for _ in range(3))
    y = np.sin(2 * u) + v * w + 0.5 * u + noise * draw.normal(rows)
    unit = draw.number(100, 1000)
    return cut(x, (unit * (y + draw.number(2, 6)))[:, None], D)


def images(draw: Draw, rows: int = 400) -> Table:
    """Grey images from 0 to 255 with one bar each, level, upright or slanting: 3 or 4 classes, 10 to 14 pixels high."""
    K, size = draw.whole(3, 4), draw.whole(10, 14)
    labels = draw.order(rows) % K
    directions = np.array([(0, 1), (1, 0), (1, 1), (1, -1)])
    x = draw.random.uniform(0, 60, (rows, 1, size, size))
    length = 6
    for image, label in zip(x, labels, strict=True):
        down, right = directions[label]
        row = draw.whole(0, size - 1 - (length - 1) * down)
        column = draw.whole((length - 1) * (right < 0), size - 1 - (length - 1) * (right > 0))
        for k in range(length):
            image[0, row + k * down, column + k * right] = draw.random.uniform(150, 255)
    return cut(x, labels, 1, K)


def recall(draw: Draw, rows: int = 600, steps: tuple[int, int] = (6, 10), noise: float = 0.2) -> Table:
    """Sequences of numbers: which of 3 or 4 things came at the first step? What comes after it is noise."""
    K, T = draw.whole(3, 4), draw.whole(*steps)
    labels = draw.order(rows) % K
    x = noise * draw.normal(rows, T, K)
    x[np.arange(rows), 0, labels] += 1
    return cut(x, labels, K, K)


def sums(draw: Draw, rows: int = 600) -> Table:
    """Sequences of 6 to 10 steps: at each step, how much has come so far."""
    T = draw.whole(6, 10)
    x = draw.normal(rows, T, 1)
    return cut(x, x.cumsum(axis=1) / np.sqrt(T), 1)


def walk(draw: Draw, rows: int = 500) -> Array:
    """A series that drifts: its steps are partly those before, so that they can be foreseen, and its level can not."""
    kept, step, steps = draw.random.uniform(0.75, 0.9), 0.0, []
    for noise in draw.normal(rows):
        step = kept * step + 0.5 * noise
        steps.append(step + 0.3)
    return np.cumsum(steps)


def tokens(draw: Draw, rows: int = 900) -> Table:
    """Sequences of tokens, (N, T) whole numbers: which one stands at a certain place? 4 to 6 tokens, 6 to 10 steps."""
    V, T = draw.whole(4, 6), draw.whole(6, 10)
    x = draw.random.integers(0, V, (rows, T))
    return cut(x, x[:, draw.whole(1, T - 3)], V, V)


def chains(draw: Draw, rows: int = 500) -> Table:
    """Texts of 10 to 14 tokens of 5 or 6: after each mostly the same one comes. Asked is the next at each step."""
    V, T = draw.whole(5, 6), draw.whole(10, 14)
    after = draw.order(V)
    x = draw.random.integers(0, V, (rows, T + 1))
    for t in range(T):
        usual = draw.random.random(rows) < 0.85
        x[usual, t + 1] = after[x[usual, t]]
    return cut(x[:, :-1], x[:, 1:], V, V)
