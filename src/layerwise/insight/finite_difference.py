"""Slopes measured by moving numbers a little: what every `backward` is held against.

The central difference (f(t) - f(-t)) / 2t misses the slope by a multiple of t², the rounding of f by 1e-16/t: about
1e-5 is best in float64, and leaves errors near 1e-10. Steps are powers of two, so that x + t is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from layerwise.types import Array

Along = Callable[[float], Array]
"""The value of a function after a move of the given length in some direction."""

NEARLY_ZERO = 1e-8
"""Two slopes that differ by less agree, however small they are: this close to 0 there is little but rounding."""


class Slope(NamedTuple):
    """A measured slope, whether the function has a kink right there, and whether the claim is then a subgradient."""

    value: float
    kink: bool = False
    between: bool = False


def slope(along: Along, upstream: Array, claimed: float, *, eps: float, tolerance: float) -> Slope:
    """Measure the slope of Σ upstream ⊙ f along one direction, to be compared with a claimed one.

    A kink of ReLU that lies within the step bends the difference. If the claim does not fit, shorter steps are tried,
    which keep clear of it. A kink at the very place shows by two slopes, left and right, that stay apart at any step.
    There every value between the two is a subgradient. Where several kinks meet, even the sum of right choices may lie
    outside: with relu'(0) = 0, relu(x) - relu(-x) has the slope 1 and gets 0.
    """
    start = along(0.0)
    step = 2.0 ** round(math.log2(eps))
    first = None
    left = right = 0.0
    for shorter in (step, step / 8, step / 64):
        right = float(((along(shorter) - start) * upstream).sum()) / shorter
        left = float(((start - along(-shorter)) * upstream).sum()) / shorter
        centre = (left + right) / 2
        first = centre if first is None else first
        if agree(centre, claimed, tolerance):
            return Slope(centre)
    gap = abs(right - left)
    size = float(np.abs(start * upstream).sum())
    bent = gap > 1e-3 * (abs(left) + abs(right)) + 1e-6 * max(1.0, size)
    between = min(left, right) - gap / 100 <= claimed <= max(left, right) + gap / 100
    return Slope(first if first is not None else math.nan, bent, bent and between)


def agree(a: float, b: float, tolerance: float) -> bool:
    """Are two slopes the same, up to the tolerance or up to rounding?"""
    return abs(a - b) <= max(NEARLY_ZERO, tolerance * (abs(a) + abs(b)))


def move_element(array: Array, index: tuple[int, ...], evaluate: Callable[[], Array]) -> Along:
    """Move one element of an array, evaluate, and put back exactly what was there."""
    before = array[index]

    def along(length: float) -> Array:
        array[index] = before + length
        value = evaluate()
        array[index] = before
        return value

    return along


def move_all(array: Array, direction: Array, evaluate: Callable[[], Array]) -> Along:
    """Move all elements of an array along one direction, evaluate, and put back exactly what was there."""
    before = array.copy()

    def along(length: float) -> Array:
        array[...] = before + length * direction
        value = evaluate()
        array[...] = before
        return value

    return along


def elements(shape: tuple[int, ...], count: int, rng: np.random.Generator) -> Iterator[tuple[int, ...]]:
    """All indices of an array, or `count` different ones at random if it has more."""
    size = math.prod(shape)
    chosen = range(size) if size <= count else np.sort(rng.choice(size, count, replace=False))
    for flat in chosen:
        yield tuple(int(each) for each in np.unravel_index(flat, shape))
