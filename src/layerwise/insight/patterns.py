"""What mistakes in a backward pass look like: one test for each, from the most to the least telling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from layerwise.types import Array

NEARLY_ZERO = 1e-8
"""Below this a measured gradient may be nothing but rounding."""


@dataclass(frozen=True)
class Mismatch:
    """What is wrong with a gradient: in two words, and in a sentence that goes on from its name."""

    kind: str
    sentence: str
    vague: bool = False
    """Whether it only says how the numbers lie, and not what was done wrong: further experiments may tell more."""


@dataclass(frozen=True, eq=False)
class Pair:
    """An analytic gradient, the numeric one, and what is known about where they come from."""

    analytic: Array
    numeric: Array
    known: Array
    """True where the numeric gradient was measured."""
    argument: str
    at: Array | None
    upstream: Array | None
    value: Array | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    tolerance: float = 1e-5

    def fits(self, candidate: Array) -> bool:
        """Is this array the numeric gradient, up to the tolerance, at every measured element?"""
        return candidate.shape == self.numeric.shape and close(
            candidate[self.known], self.numeric[self.known], self.tolerance
        )

    @cached_property
    def wrong(self) -> Array:
        """The elements that differ: measured against themselves, and against the typical size of the gradient."""
        scale = np.abs(self.numeric[self.known])
        typical = scale.mean() if scale.size else 0.0
        bound = self.tolerance * (np.abs(self.numeric) + np.abs(self.analytic) + typical)
        differs: Array = self.known & ~(np.abs(self.analytic - self.numeric) <= bound)
        return differs


# ---- the shape differs -----------------------------------------------------------------------------------------


def transposed(pair: Pair) -> Mismatch | None:
    if pair.analytic.ndim >= 2 and pair.fits(pair.analytic.T):
        return Mismatch(
            "transposed",
            "is the transpose of the right gradient: add .T, or swap the factors of the product",
        )
    if pair.analytic.ndim >= 2 and pair.fits(-pair.analytic.T):
        return Mismatch("transposed, sign flipped", "is the transpose of the right gradient with its sign flipped")
    return None


def sum_missing(pair: Pair) -> Mismatch | None:
    """A broadcast in the forward pass asks for a sum in the backward pass."""
    for axis in range(pair.analytic.ndim):
        for keepdims in (False, True):
            what = "the batch (axis 0)" if axis == 0 else f"axis {axis}"
            call = f".sum(axis={axis}, keepdims=True)" if keepdims else f".sum(axis={axis})"
            if pair.fits(pair.analytic.sum(axis=axis, keepdims=keepdims)):
                return Mismatch(
                    "sum missing",
                    f"has shape {pair.analytic.shape} where {pair.numeric.shape} is right, and its sum over {what} "
                    f"fits: the sum is missing, add {call}",
                )
    return None


def summed_too_far(pair: Pair) -> Mismatch | None:
    if not pair.known.all():
        return None
    for axis in range(pair.numeric.ndim):
        if same(pair.analytic, pair.numeric.sum(axis=axis), pair.tolerance):
            return Mismatch(
                "summed too far",
                f"has shape {pair.analytic.shape} where {pair.numeric.shape} is right: it was summed over axis "
                f"{axis}, which has to stay",
            )
    return None


def wrong_axis(pair: Pair) -> Mismatch | None:
    """The right gradient is a sum of the upstream gradient over one axis, and this is another part of it."""
    if pair.upstream is None:
        return None
    dz = pair.upstream
    right = next((axis for axis in range(dz.ndim) if pair.fits(dz.sum(axis=axis))), None)
    if right is None:
        return None
    for axis in range(dz.ndim):
        if axis != right and same(pair.analytic, dz.sum(axis=axis), pair.tolerance):
            return Mismatch(
                "wrong axis",
                f"is the sum of the upstream gradient over axis {axis}; it has to be the sum over axis {right}",
            )
    for position in range(dz.shape[right]):
        if same(pair.analytic, dz.take(position, axis=right), pair.tolerance):
            return Mismatch(
                "sum missing",
                f"is entry {position} of the upstream gradient; it has to be the sum of all entries: "
                f".sum(axis={right})",
            )
    return None


def reshaped(pair: Pair) -> Mismatch | None:
    if pair.analytic.size == pair.numeric.size and pair.fits(pair.analytic.reshape(pair.numeric.shape)):
        return Mismatch(
            "wrong shape",
            f"holds the right numbers in shape {pair.analytic.shape}: reshape it to {pair.numeric.shape}",
        )
    return None


def wrong_shape(pair: Pair) -> Mismatch:
    return Mismatch(
        "wrong shape",
        f"has shape {pair.analytic.shape}; a gradient has the shape of its array, which is {pair.numeric.shape}",
    )


# ---- the shape is right ----------------------------------------------------------------------------------------


def not_finite(pair: Pair) -> Mismatch | None:
    bad = ~np.isfinite(pair.analytic)
    if not bad.any():
        return None
    first = _index(bad)
    return Mismatch(
        "not finite",
        f"is {pair.analytic[first]} at {_place(first)}{_and_others(int(bad.sum()) - 1)}, where the right gradient is "
        f"{pair.numeric[first]:.6g}: look for a division by 0, a logarithm of 0 or an overflow",
    )


def zero(pair: Pair) -> Mismatch | None:
    if not pair.analytic.any():
        return Mismatch("zero", "is 0 everywhere: it is never computed, or multiplied by something that is 0")
    if np.abs(pair.numeric[pair.known]).max() <= NEARLY_ZERO:
        return Mismatch("should be zero", "has to be 0 everywhere: the value does not depend on it")
    return None


def factor(pair: Pair) -> Mismatch | None:
    """One number times the right gradient; -1 is a flipped sign."""
    a, n = pair.analytic[pair.known], pair.numeric[pair.known]
    ratio = float((a * n).sum() / (n * n).sum())
    if abs(ratio) < 1e-12 or not pair.fits(pair.analytic / ratio) or abs(ratio - 1) <= 10 * pair.tolerance:
        return None
    if abs(ratio + 1) <= 10 * pair.tolerance:
        return Mismatch("sign flipped", "has its sign flipped everywhere: put a minus in front")
    flipped = " and has its sign flipped" if ratio < 0 else ""
    size = abs(ratio) if abs(ratio) > 1 else 1 / abs(ratio)
    direction = "large" if abs(ratio) > 1 else "small"
    shown = _number(size)
    kind = f"{shown} times too {direction}" + (", sign flipped" if flipped else "")
    sentence = f"is exactly {shown} times too {direction}{flipped}"
    for name, count in pair.sizes.items():
        if count > 1 and abs(size / count - 1) <= 10 * pair.tolerance:
            cure = "divided" if direction == "large" else "multiplied"
            return Mismatch(kind, f"{sentence}, and {shown} is {name}: it has to be {cure} by it once")
    return Mismatch(kind, f"{sentence}: a constant factor is {'extra' if direction == 'large' else 'missing'}")


def moved(pair: Pair) -> Mismatch | None:
    """The right numbers at the wrong places along one axis."""
    for axis, length in enumerate(pair.analytic.shape):
        if length > 1 and pair.fits(np.flip(pair.analytic, axis)):
            return Mismatch("reversed", f"is the right gradient in reverse order along axis {axis}")
        for shift in range(1, min(length, 8)):
            for signed in (shift, -shift):
                if pair.fits(np.roll(pair.analytic, -signed, axis)):
                    return Mismatch("shifted", f"is the right gradient shifted by {signed} along axis {axis}")
    return None


def other_order(pair: Pair) -> Mismatch | None:
    if not pair.known.all() or pair.numeric.size < 3:
        return None
    if same(np.sort(pair.analytic, axis=None), np.sort(pair.numeric, axis=None), pair.tolerance):
        return Mismatch(
            "other order",
            "holds the right numbers at the wrong places: look at a reshape that should be a transpose",
        )
    return None


def offset(pair: Pair) -> Mismatch | None:
    difference = (pair.analytic - pair.numeric)[pair.known]
    offset = float(difference.mean())
    if difference.size > 2 and pair.fits(pair.analytic - offset):
        return Mismatch("offset", f"is off by the same {offset:.6g} everywhere: a constant is added")
    return None


def inverted_mask(pair: Pair) -> Mismatch | None:
    a, n = (np.abs(each[pair.known]) > NEARLY_ZERO for each in (pair.analytic, pair.numeric))
    if a.any() and n.any() and (a == ~n).all():
        return Mismatch(
            "mask inverted", "is 0 exactly where it should not be, and not where it should: a mask is inverted"
        )
    return None


def one_in_each_row(pair: Pair) -> Mismatch | None:
    """What goes wrong once in each row is the entry that a label picks."""
    if not pair.known.all() or pair.wrong.ndim != 2 or min(pair.wrong.shape) < 2 or pair.wrong.shape[1] < 3:
        return None
    if (pair.wrong.sum(axis=1) != 1).any() or pair.wrong.any(axis=0).sum() == 1:
        return None
    columns = pair.wrong.argmax(axis=1)
    shown = ", ".join(str(column) for column in columns[:5]) + (", ..." if columns.size > 5 else "")
    return Mismatch(
        "wrong once in each row",
        f"is wrong at exactly one element of each row (columns {shown}): is that where the label points?",
    )


def where(pair: Pair) -> Mismatch | None:
    """Wrong on one side of 0 only: of the argument, or of the gradient itself."""
    sides = [("the right gradient", pair.numeric)]
    if pair.at is not None:
        sides.insert(0, (pair.argument, pair.at))
    for name, values in sides:
        for sign, side in (("<", values < 0), (">", values > 0)):
            inside = side & pair.known
            if inside.any() and not inside[pair.known].all() and (pair.wrong[pair.known] == side[pair.known]).all():
                zero = " There it is 0." if not pair.analytic[inside].any() else ""
                zero = zero or (" There it has to be 0." if not pair.numeric[inside].any() else "")
                return Mismatch(f"wrong where {name} {sign} 0", f"is wrong exactly where {name} {sign} 0.{zero}")
    return None


def one_line(pair: Pair) -> Mismatch | None:
    """All that is wrong lies in one row, one column, one slice."""
    if not pair.known.all() or pair.numeric.ndim < 2:
        return None
    for axis, length in enumerate(pair.numeric.shape):
        others = tuple(each for each in range(pair.numeric.ndim) if each != axis)
        lines = np.flatnonzero(pair.wrong.any(axis=others))
        if lines.size == 1 and length > 1 and pair.wrong.sum() > 1:
            line = _line(pair.numeric.ndim, axis)
            return Mismatch(f"wrong in one {line}", f"is wrong only in {line} {lines[0]} of {length}")
    return None


def factor_per_line(pair: Pair) -> Mismatch | None:
    """Each row (or column) has a factor of its own: a weight that is missing, or applied twice."""
    if not pair.known.all() or pair.numeric.ndim < 2:
        return None
    for axis in range(pair.numeric.ndim):
        others = tuple(each for each in range(pair.numeric.ndim) if each != axis)
        if np.prod([pair.numeric.shape[each] for each in others]) < 2:
            continue
        power = (pair.numeric**2).sum(axis=others, keepdims=True)
        factors = (pair.analytic * pair.numeric).sum(axis=others, keepdims=True) / np.where(power > 0, power, 1)
        if same(pair.analytic, factors * pair.numeric, pair.tolerance):
            line = _line(pair.numeric.ndim, axis)
            shown = ", ".join(f"{factor:.4g}" for factor in factors.ravel()[:3])
            more = ", ..." if factors.size > 3 else ""
            return Mismatch(
                f"a factor per {line}",
                f"is off by one factor for each {line} ({shown}{more}): a weight per {line} is missing or extra",
            )
    return None


def sums_agree(pair: Pair) -> Mismatch | None:
    if not pair.known.all():
        return None
    for axis, length in enumerate(pair.numeric.shape):
        if length > 1 and same(pair.analytic.sum(axis=axis), pair.numeric.sum(axis=axis), pair.tolerance):
            return Mismatch(
                f"right sums over axis {axis}",
                f"has the right sums over axis {axis}, but the wrong numbers in them: something was summed, "
                f"averaged or shared along axis {axis} that has to be kept apart",
            )
    return None


def imprecise(pair: Pair) -> Mismatch | None:
    if close(pair.analytic[pair.known], pair.numeric[pair.known], 1e-3):
        return Mismatch(
            "imprecise",
            "is nearly right: too far off for float64, too near for a wrong formula. Look for a rounded constant, "
            "a float32 on the way, or an ε that only one of the passes has",
        )
    return None


def few(pair: Pair) -> Mismatch | None:
    count, measured = int(pair.wrong.sum()), int(pair.known.sum())
    if not count or count > max(3, measured // 3):
        return None
    first = _index(pair.wrong)
    places = ", ".join(_place(tuple(each)) for each in np.argwhere(pair.wrong)[:3])
    return Mismatch(
        f"wrong at {count} element{'s' * (count > 1)}",
        f"is wrong only at {count} of {measured} elements: {places}{', ...' if count > 3 else ''}. "
        f"At {_place(first)} it is {pair.analytic[first]:.6g} where {pair.numeric[first]:.6g} is right",
    )


def no_pattern(pair: Pair) -> Mismatch:
    """Nothing simple fits: say how the two lie to each other, and where to look first."""
    a, n = pair.analytic[pair.known], pair.numeric[pair.known]
    worst = np.where(pair.known, np.abs(pair.analytic - pair.numeric), -1)
    first = _index(worst == worst.max())
    cosine = float((a * n).sum() / np.sqrt((a * a).sum() * (n * n).sum()))
    return Mismatch(
        "no simple pattern",
        f"fits no simple mistake (cosine with the right gradient: {cosine:.3f}). It is furthest off at "
        f"{_place(first)}: {pair.analytic[first]:.6g} where {pair.numeric[first]:.6g} is right",
    )


# ---- small things ----------------------------------------------------------------------------------------------


def close(a: Array, n: Array, tolerance: float) -> bool:
    """The norm of the difference against the norms of both."""
    return bool(np.linalg.norm(a - n) <= tolerance * (np.linalg.norm(a) + np.linalg.norm(n)))


def same(a: Array, n: Array, tolerance: float) -> bool:
    return a.shape == n.shape and close(a.ravel(), n.ravel(), tolerance)


def _index(chosen: Array) -> tuple[int, ...]:
    """The first place where an array is true."""
    return tuple(int(each) for each in np.argwhere(chosen)[0])


def _place(index: tuple[int, ...]) -> str:
    return f"[{', '.join(str(int(each)) for each in index)}]"


def _and_others(count: int) -> str:
    return f" and {count} other place{'s' * (count > 1)}" if count else ""


def _line(ndim: int, axis: int) -> str:
    """What a learner calls one entry of an axis."""
    return ("row", "column")[axis] if ndim == 2 else f"entry of axis {axis}"


def _number(value: float) -> str:
    """A whole number or a small fraction as such, anything else in digits."""
    near = Fraction(value).limit_denominator(12)
    return str(near) if abs(float(near) - value) <= 1e-6 * value else f"{value:.6g}"
