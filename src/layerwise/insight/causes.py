"""What mistakes look like that only show beside the argument, the value or the upstream gradient.

Like the patterns of `patterns.py`, each is one test of a `Pair`; these know the calculus of the usual layers: masks,
means that are taken out, ways that join, time steps.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from layerwise.insight.patterns import NEARLY_ZERO, Mismatch, Pair, close, same
from layerwise.types import Array


def mask_missing(pair: Pair) -> Mismatch | None:
    """0 in places where the claim is not, and one factor in all others: the mask of ReLU, dropout or max pooling."""
    a, n = pair.analytic[pair.known], pair.numeric[pair.known]
    masked = np.abs(n) <= NEARLY_ZERO
    if masked.all() or not masked.any() or not (np.abs(a[masked]) > NEARLY_ZERO).any():
        return None
    factor = float((a[~masked] * n[~masked]).sum() / (n[~masked] ** 2).sum())
    if abs(factor) < 1e-12 or not close(a[~masked], factor * n[~masked], pair.tolerance):
        return None
    where = _side(pair, np.abs(pair.numeric) <= NEARLY_ZERO)
    return Mismatch(
        "mask missing",
        f"is not 0 where the right gradient is{where}: multiply by the mask of the forward pass (where it let nothing "
        "through, nothing comes back)",
    )


def _side(pair: Pair, masked: Array) -> str:
    if pair.at is None:
        return ""
    for words, side in (("< 0", pair.at < 0), ("> 0", pair.at > 0)):
        if (masked[pair.known] == side[pair.known]).all():
            return f", which is where {pair.argument} {words}"
    return ""


def mask_of_the_gradient(pair: Pair) -> Mismatch | None:
    """The sign of the upstream gradient decides, where that of the argument has to."""
    dz = pair.upstream
    if pair.at is None or dz is None or dz.shape != pair.analytic.shape:
        return None
    for side in (dz > 0, dz < 0):
        passed = side & pair.known
        if (
            passed.any()
            and not passed[pair.known].all()
            and close(pair.analytic[pair.known], np.where(side, dz, 0)[pair.known], pair.tolerance)
        ):
            return Mismatch(
                "mask of the wrong array",
                f"is masked by the sign of the upstream gradient; the mask is where {pair.argument} > 0",
            )
    return None


def sum_forgotten(pair: Pair) -> Mismatch | None:
    """The right gradient is the upstream one summed over several axes, and over one of them nothing was added up."""
    dz = pair.upstream
    if dz is None or not pair.known.all() or dz.ndim <= pair.numeric.ndim:
        return None
    for axes in combinations(range(dz.ndim), dz.ndim - pair.numeric.ndim):
        if not pair.fits(dz.sum(axis=axes)):
            continue
        for axis in axes:
            others = tuple(each - (each > axis) for each in axes if each != axis)
            for position in range(dz.shape[axis]):
                if same(pair.analytic, dz.take(position, axis=axis).sum(axis=others), pair.tolerance):
                    what = "the batch" if axis == 0 else f"axis {axis}"
                    return Mismatch(
                        "sum missing",
                        f"is entry {position} of the upstream gradient along axis {axis}; it has to be the sum of all "
                        f"entries: the sum over {what} is forgotten, write dz.sum(axis={axes if others else axis})",
                    )
    return None


def way_missing(pair: Pair) -> Mismatch | None:
    """Beside what is there, the upstream gradient itself comes back: the way of x past f in x + f(x)."""
    if pair.upstream is None or pair.upstream.shape != pair.analytic.shape:
        return None
    if pair.fits(pair.analytic + pair.upstream):
        return Mismatch(
            "a way missing",
            "lacks the upstream gradient itself: x reaches the value on two ways, as in x + f(x), and what comes back "
            "on both is added",
        )
    if pair.fits(pair.analytic - pair.upstream):
        return Mismatch("a way too many", "has the upstream gradient added to it, on a way that x does not take")
    return None


def late(pair: Pair) -> Mismatch | None:
    """The right numbers of (N, T, D), one time step away, with anything at the end that was left free."""
    a, n = pair.analytic, pair.numeric
    if a.ndim != 3 or a.shape[1] < 3 or not pair.known.all():
        return None
    for word, mine, right in (("late", a[:, 1:], n[:, :-1]), ("early", a[:, :-1], n[:, 1:])):
        if close(mine.ravel(), right.ravel(), pair.tolerance) and np.abs(right).max() > NEARLY_ZERO:
            return Mismatch(
                f"one time step {word}",
                f"holds the right numbers one time step too {word}: look at the index t where they are written",
            )
    return None


def mean_not_taken_out(pair: Pair) -> Mismatch | None:
    """The right gradient has the mean 0 along some axes, since the function takes a mean out; the claim has not."""
    if not pair.known.all() or pair.analytic.ndim < 2:
        return None
    for axes in _axes(pair.analytic.ndim):
        mean = pair.analytic.mean(axis=axes, keepdims=True)
        if np.abs(mean).max() > NEARLY_ZERO and pair.fits(pair.analytic - mean):
            return Mismatch(
                "mean not taken out",
                f"fits once its mean over {_words(axes)} is taken out: the mean that the forward pass subtracts "
                "depends on x, too",
            )
    return None


def part_along(pair: Pair) -> Mismatch | None:
    """What is missing lies, row by row, along the argument or along the value: the way through the size of the row."""
    if not pair.known.all() or pair.analytic.ndim < 2:
        return None
    missing = pair.analytic - pair.numeric
    for axes in _axes(pair.analytic.ndim):
        if np.prod([pair.analytic.shape[axis] for axis in axes]) < 3:
            continue
        at = pair.at
        if at is not None and any(_parallel(missing, x, axes) for x in (at - at.mean(axis=axes, keepdims=True), at)):
            return Mismatch(
                "way through the spread missing",
                f"is off by a multiple of the normalised x, one for each {_line(axes)}: the standard deviation depends "
                "on x, too, and the term x̂ · mean(dx̂ ⊙ x̂) takes that out",
            )
        if pair.value is not None and pair.value.shape == missing.shape and _parallel(missing, pair.value, axes):
            return Mismatch(
                "shared term missing",
                f"is off by a multiple of the value, one for each {_line(axes)}: the term that all outputs share (as "
                "Σ p dp in softmax) is missing",
            )
    return None


def argument_for_value(pair: Pair) -> Mismatch | None:
    """1 - x² or x (1 - x), where tanh and sigmoid have them of the value."""
    if pair.at is None or pair.upstream is None or pair.upstream.shape != pair.at.shape:
        return None
    for right, formula in ((1 - pair.at**2, "1 - a²"), (pair.at * (1 - pair.at), "a (1 - a)")):
        if close(pair.analytic[pair.known], (pair.upstream * right)[pair.known], pair.tolerance):
            return Mismatch(
                "argument for value",
                f"has the argument {pair.argument} where the value a belongs: the slope is {formula}, of the output",
            )
    return None


def _axes(ndim: int) -> list[tuple[int, ...]]:
    """The axes that layers normalise over: the features, the samples, the samples with the pixels."""
    choices = [(ndim - 1,), (0,), (0, *range(2, ndim)), tuple(range(1, ndim))]
    return list(dict.fromkeys(choices))


def _parallel(missing: Array, direction: Array, axes: tuple[int, ...]) -> bool:
    """Is `missing`, line by line, a multiple of `direction`?"""
    power = (direction**2).sum(axis=axes, keepdims=True)
    factors = (missing * direction).sum(axis=axes, keepdims=True) / np.where(power > 0, power, 1)
    return bool(np.abs(missing).max() > NEARLY_ZERO and close(missing.ravel(), (factors * direction).ravel(), 1e-5))


def _words(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"the axes {', '.join(map(str, axes))}"


def _line(axes: tuple[int, ...]) -> str:
    return "feature" if axes[0] == 0 else "sample"
