"""What a case leaves open: sizes, rates and seeds, drawn within the ranges that its program states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from layerwise.random import generator
from layerwise.types import Array

T = TypeVar("T")


class Draw:
    """Numbers for one patient, by the seed and the name of its case: sick and cured are drawn alike.

    >>> Draw(1, "a case").whole(8, 64) == Draw(1, "a case").whole(8, 64)
    True
    """

    def __init__(self, seed: int, name: str) -> None:
        self.seed = seed
        self.random = generator(seed, "zoo", layer=name)

    def whole(self, low: int, high: int) -> int:
        """A whole number, low and high included."""
        return int(self.random.integers(low, high + 1))

    def number(self, low: float, high: float) -> float:
        """A number between low and high, every order of magnitude as likely as the next."""
        return float(np.exp(self.random.uniform(np.log(low), np.log(high))))

    def one_of(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.whole(0, len(things) - 1)]

    def widths(self, layers: tuple[int, int], units: tuple[int, int]) -> list[int]:
        """How many units each hidden layer has: so many layers, each of so many units."""
        return [self.whole(*units) for _ in range(self.whole(*layers))]

    def normal(self, *shape: int) -> Array:
        """Normal numbers of mean 0 and standard deviation 1."""
        return self.random.normal(size=shape)

    def order(self, n: int) -> Array:
        """The numbers 0 to n - 1 in an order."""
        return self.random.permutation(n)
