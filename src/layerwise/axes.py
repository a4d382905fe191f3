"""Shapes with a name for each axis, and what NumPy would make of two that do not fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sized:
    """The shape of an array, and the name of each of its axes.

    >>> str(Sized((5, 4), ("N", "D"))), str(Sized((4,), ("D",)))
    ('(N=5, D=4)', '(D=4,)')
    """

    shape: tuple[int, ...]
    names: tuple[str, ...]

    def __str__(self) -> str:
        """The shape as text: (N=5, D=4)."""
        sizes = [f"{name}={size}" for name, size in zip(self.names, self.shape, strict=True)]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def rows(shape: tuple[int, ...]) -> Sized:
    """The shape of an output or a target: N samples, of sequences T steps each, and K numbers.

    >>> str(rows((4, 1))), str(rows((4,)))
    ('(N=4, K=1)', '(N=4,)')
    """
    usual: dict[int, tuple[str, ...]] = {2: ("N", "K"), 3: ("N", "T", "K")}
    names = ("N", *(f"axis {axis}" for axis in range(1, len(shape))))[: len(shape)]
    return Sized(shape, usual.get(len(shape), names))


def in_numpy(a: tuple[int, ...], b: tuple[int, ...]) -> str:
    """What NumPy does where two arrays of these shapes meet, element by element.

    >>> in_numpy((4, 1), (4,))
    'NumPy would spread them over each other into (4, 4) without a word'
    >>> in_numpy((4, 3), (4,))
    'NumPy would refuse, since it compares shapes from the right: 3 against 4'
    """
    try:
        return f"NumPy would spread them over each other into {np.broadcast_shapes(a, b)} without a word"
    except ValueError:
        for left, right in zip(reversed(a), reversed(b), strict=False):
            if left != right and 1 not in (left, right):
                return f"NumPy would refuse, since it compares shapes from the right: {left} against {right}"
        raise
