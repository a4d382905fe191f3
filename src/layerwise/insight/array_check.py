"""The check of one array: every number of it is moved, the slope is measured, and what differs gets a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.insight.experiment import Experiment
from layerwise.insight.finite_difference import NEARLY_ZERO, agree, elements, move_all, move_element, slope
from layerwise.insight.gradient_report import ArrayCheck
from layerwise.insight.mismatch import Mismatch, diagnose
from layerwise.random import generator
from layerwise.types import Array

FULL = 300
"""Up to this many elements an array is checked one by one."""
SINGLE = 100
"""Of a larger array this many elements are, at random, besides the directions that move all of it."""

ONLY_KINKS = Mismatch(
    "only kinks",
    "can not be checked here: the function has a kink at every element, and the gradient lies between the slopes of "
    "the two sides at none or few of them. Move the values a little, and check again",
)


@dataclass(frozen=True)
class Settings:
    """How exactly, and how much, is checked; see `gradcheck`."""

    tolerance: float
    eps: float
    directions: int
    seed: int

    @classmethod
    def checked(cls, tolerance: object, eps: object, directions: object, seed: object) -> Settings:
        """The settings, once each of them is in its range."""
        return cls(
            positive("tolerance", tolerance),
            positive("eps", eps),
            whole_number("directions", directions),
            whole_number("seed", seed, minimum=0),
        )


@dataclass(frozen=True, eq=False)
class Checked:
    """The function whose arrays are moved, in place, and what is known about it."""

    evaluate: Callable[[], Array]
    """Its value, at what the arrays hold now."""
    upstream: Array
    """The gradient at its value; never uniform, which would hide every mistake that a sum forgives."""
    sizes: Mapping[str, int]
    """Counts by name, to give a factor its name."""
    backward: Callable[[Array], Mapping[str, Array]] | None = None
    """The gradients by name for another upstream gradient, where one can be chosen."""
    suspicions: Mapping[str, Sequence[tuple[Array, Mismatch]]] = field(default_factory=dict)
    """By the name of an array: what a certain mistake would give there, and that mistake."""


def check_array(
    name: str, array: Array, analytic: Array, of: Checked, settings: Settings, frozen: Array | None = None
) -> ArrayCheck:
    """Measure the gradient at one array by moving it, and compare; elements that are frozen stay where they are."""
    rng = generator(settings.seed, "gradient check", layer=name)
    frozen = np.zeros(array.shape, dtype=bool) if frozen is None else frozen
    claims = analytic if analytic.shape == array.shape else np.full(array.shape, np.nan)
    numeric, known = np.zeros(array.shape), np.zeros(array.shape, dtype=bool)
    kinks, outside = 0, 0
    for index in elements(array.shape, FULL if array.size <= FULL else SINGLE, rng):
        if frozen[index]:
            continue
        along = move_element(array, index, of.evaluate)
        measured = slope(along, of.upstream, float(claims[index]), eps=settings.eps, tolerance=settings.tolerance)
        numeric[index], known[index] = measured.value, not measured.kink
        kinks += measured.kink
        outside += measured.kink and not measured.between
    error, ok = _error(claims[known], numeric[known], settings.tolerance)
    mismatch, directions = None, 0
    if outside and not known.any():
        error, ok, mismatch = float("inf"), False, ONLY_KINKS
    elif not ok:
        mismatch = _cause(name, array, analytic, numeric, known, of, settings)
        mismatch = mismatch or Mismatch(
            "imprecise", f"is off by a relative {error:.1e}: nearly right, but not to float64's precision"
        )
    elif array.size > FULL:
        directions = settings.directions
        worst = _worst_direction(array, claims, of.evaluate, of.upstream, settings, rng, ~frozen)
        error, ok = max(error, worst), worst <= settings.tolerance
        if not ok:
            mismatch = Mismatch(
                "wrong somewhere",
                f"is right at the {int(known.sum())} elements that were moved alone, but wrong along random "
                "directions: the mistake lies in a few of the others. Check a smaller network of the same kind",
            )
    return ArrayCheck(name, array.shape, error, ok, int(known.sum()), kinks, mismatch, int(frozen.sum()), directions)


def _cause(
    name: str, array: Array, analytic: Array, numeric: Array, known: Array, of: Checked, settings: Settings
) -> Mismatch | None:
    """What the numbers say; where that is vague, what further measurements say."""
    value = np.array(of.evaluate())
    found = diagnose(
        analytic, numeric, argument=name, at=array, upstream=of.upstream, value=value, known=known, sizes=of.sizes
    )
    for expected, mistake in of.suspicions.get(name, ()):
        if expected.shape == analytic.shape and np.allclose(analytic, expected, rtol=1e-6, atol=1e-9):
            return mistake
    if found is None or not found.vague or of.backward is None or analytic.shape != array.shape or not known.any():
        return found
    backward = of.backward
    experiment = Experiment.measured(
        array, analytic, known, of.evaluate, of.upstream, lambda upstream: backward(upstream)[name], settings.eps
    )
    return experiment.cause() or found


def _error(analytic: Array, numeric: Array, tolerance: float) -> tuple[float, bool]:
    """The error of one array, and whether it passes."""
    if not analytic.size:
        return 0.0, True
    with np.errstate(all="ignore"):
        difference = float(np.abs(numeric - analytic).max())
        relative = float(np.linalg.norm(numeric - analytic) / (np.linalg.norm(numeric) + np.linalg.norm(analytic)))
    if difference == 0 or relative <= tolerance:
        return relative if difference else 0.0, True
    if difference <= NEARLY_ZERO:
        return difference, True
    return relative if np.isfinite(relative) else float("inf"), False


def _worst_direction(
    array: Array,
    analytic: Array,
    evaluate: Callable[[], Array],
    upstream: Array,
    settings: Settings,
    rng: np.random.Generator,
    moves: Array,
) -> float:
    """The largest relative error along random directions of length 1, which see at once every element that `moves`."""
    worst = 0.0
    for _ in range(settings.directions):
        direction = rng.normal(size=array.shape) * moves
        direction /= np.linalg.norm(direction)
        claimed = float((analytic * direction).sum())
        along = move_all(array, direction, evaluate)
        measured = slope(along, upstream, claimed, eps=settings.eps, tolerance=settings.tolerance)
        if measured.kink or agree(measured.value, claimed, settings.tolerance):
            continue
        worst = max(worst, abs(measured.value - claimed) / (abs(measured.value) + abs(claimed)))
    return worst
