"""Where the labels come from: a teacher that a learner of the workload's size can imitate, at least in part.

So the loss means something. A tenth of the labels is drawn by chance, which keeps the loss, and with it the squared
gradients in Adam, well away from zero: arithmetic with denormal numbers would be timed otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from layerwise.types import Array, Generator

Batch: TypeAlias = tuple[Array, Array]
Teacher: TypeAlias = Callable[[Generator, Generator, int], Batch]
"""Takes the teacher's own randomness, the round's randomness and a number of samples; returns inputs and labels."""

CHANCE_LABELS = 0.1
MOST_SHIFTED = 2
"""Pixels, in each direction."""


def quarters(teacher: Generator, samples: Generator, N: int) -> Batch:
    """Points of the plane, labelled by the quarter that two crossing lines put them in, as XOR does."""
    lines = teacher.standard_normal((2, 2))
    x = samples.standard_normal((N, 2), dtype=np.float32)
    label = (x @ lines).prod(axis=1) > 0
    by_chance = samples.random(N) < CHANCE_LABELS
    label = np.where(by_chance, samples.random(N) < 0.5, label)
    return x, label[:, None].astype(np.float32)


def directions(D: int, K: int) -> Teacher:
    """Vectors of D numbers, labelled by the one of K directions that they point along most."""

    def teach(teacher: Generator, samples: Generator, N: int) -> Batch:
        along = teacher.standard_normal((D, K), dtype=np.float32)
        x = samples.standard_normal((N, D), dtype=np.float32)
        return x, _some_by_chance(samples, (x @ along).argmax(axis=1), K)

    return teach


def pictures(side: int, K: int) -> Teacher:
    """K smooth pictures, one of them under noise and moved by a few pixels: which one is it?"""

    def teach(teacher: Generator, samples: Generator, N: int) -> Batch:
        coarse = teacher.standard_normal((K, -(-side // 4), -(-side // 4)), dtype=np.float32)
        smooth = coarse.repeat(4, axis=1).repeat(4, axis=2)[:, :side, :side]
        steps = range(-MOST_SHIFTED, MOST_SHIFTED + 1)
        moved = np.stack([np.roll(smooth, (down, right), axis=(1, 2)) for down in steps for right in steps])
        label = samples.integers(0, K, N)
        x = samples.standard_normal((N, side, side), dtype=np.float32)
        x += moved[samples.integers(0, len(moved), N), label]
        return x[:, None], _some_by_chance(samples, label, K)

    return teach


def sentences(T: int, symbols: int) -> Teacher:
    """Sequences of T symbols, each labelled by its successor, which follows from the last two symbols, or from chance.

    Which of two orders a symbol is looked up in, the symbol before it says: so a learner needs to remember.
    """

    def teach(teacher: Generator, samples: Generator, N: int) -> Batch:
        orders = np.stack([teacher.permutation(symbols), teacher.permutation(symbols)])
        text = samples.integers(0, symbols, (T + 1, N))
        by_chance = samples.random((T + 1, N)) < CHANCE_LABELS
        for t in range(2, T + 1):
            text[t] = np.where(by_chance[t], text[t], orders[text[t - 2] % 2, text[t - 1]])
        return np.ascontiguousarray(text[:-1].T), np.ascontiguousarray(text[1:].T)

    return teach


def _some_by_chance(samples: Generator, label: Array, K: int) -> Array:
    by_chance = samples.random(len(label)) < CHANCE_LABELS
    return np.where(by_chance, samples.integers(0, K, len(label)), label)
