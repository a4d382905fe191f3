"""The mismatch explainer: two gradients disagree; what is the mistake?

A gradient check that answers "max error 0.3" leaves the learner alone. Most mistakes in a backward pass leave a
trace that simple tests find: the transpose fits, the negative fits, a plain factor fits, a sum over one axis fits,
only one row is wrong, only the places where x < 0 are wrong. The patterns stand in `patterns.py`; the first that
fits is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from layerwise.checks import positive
from layerwise.insight import causes, patterns
from layerwise.insight.patterns import Mismatch, Pair
from layerwise.types import Array

__all__ = ["Mismatch", "diagnose"]


def diagnose(
    analytic: Array,
    numeric: Array,
    *,
    argument: str = "x",
    at: Array | None = None,
    upstream: Array | None = None,
    value: Array | None = None,
    known: Array | None = None,
    sizes: Mapping[str, int] | None = None,
    tolerance: float = 1e-5,
) -> Mismatch | None:
    """Say what is wrong with an analytic gradient, given the numeric one; None if they agree.

    analytic: the gradient in question, of any shape.
    numeric: the right one, in the shape of the argument.
    argument, at: the argument's name and its value, to find mistakes that depend on its sign.
    upstream, value: the gradient at the formula's value, and the value, to find sums over the wrong axis and terms that
        are missing.
    known: True where `numeric` was measured (default: everywhere).
    sizes: counts by name, such as {"the number of samples": 32}, to give a factor its name.
    tolerance: the relative error up to which a pattern fits.

    >>> import numpy as np
    >>> right = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> print(diagnose(right.T, right).sentence)
    is the transpose of the right gradient: add .T, or swap the factors of the product
    >>> print(diagnose(3 * right, right, sizes={"the number of samples": 3}).sentence)
    is exactly 3 times too large, and 3 is the number of samples: it has to be divided by it once
    >>> diagnose(right, right) is None
    True
    """
    analytic, numeric = np.asarray(analytic), np.asarray(numeric)
    pair = Pair(
        analytic=analytic,
        numeric=numeric,
        known=np.ones(numeric.shape, dtype=bool) if known is None else known,
        argument=argument,
        at=at if at is not None and np.shape(at) == numeric.shape else None,
        upstream=None if upstream is None else np.asarray(upstream),
        value=None if value is None else np.asarray(value),
        sizes=sizes or {},
        tolerance=positive("tolerance", tolerance),
    )
    if not np.isfinite(numeric[pair.known]).all():
        return Mismatch(
            "not measurable",
            "can not be checked: the function is not finite near these arguments, so start with its forward pass",
        )
    with np.errstate(all="ignore"):  # a wrong gradient may hold anything
        if pair.fits(analytic):
            return None
        if analytic.shape != numeric.shape:
            return _first(OTHER_SHAPE, pair)
        found = _first(SAME_SHAPE, pair)
        if found is None:
            vague = _first(VAGUE, pair)
            found = None if vague is None else replace(vague, vague=True)
        return found


def _first(patterns: tuple[Pattern, ...], pair: Pair) -> Mismatch | None:
    return next((found for pattern in patterns if (found := pattern(pair)) is not None), None)


Pattern = Callable[[Pair], Mismatch | None]

OTHER_SHAPE: tuple[Pattern, ...] = (
    patterns.transposed,
    patterns.sum_missing,
    patterns.wrong_axis,
    patterns.summed_too_far,
    patterns.reshaped,
    patterns.wrong_shape,
)
SAME_SHAPE: tuple[Pattern, ...] = (
    patterns.not_finite,
    patterns.zero,
    patterns.factor,
    patterns.transposed,
    patterns.wrong_axis,
    causes.sum_forgotten,
    causes.late,
    patterns.imprecise,
    patterns.moved,
    causes.way_missing,
    patterns.offset,
    patterns.inverted_mask,
    causes.mask_missing,
    causes.mask_of_the_gradient,
    causes.mean_not_taken_out,
    causes.part_along,
    causes.argument_for_value,
    patterns.one_in_each_row,
    patterns.other_order,
)
VAGUE: tuple[Pattern, ...] = (
    patterns.where,
    patterns.one_line,
    patterns.factor_per_line,
    patterns.few,
    patterns.sums_agree,
    patterns.no_pattern,
)
"""These say how the numbers lie. What was done wrong, further experiments may tell."""
