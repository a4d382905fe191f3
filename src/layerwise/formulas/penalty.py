"""Penalties on the size of weights, added to the cost, and the step that solves the first of them exactly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.checks import not_negative
from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"R = \lambda \sum_i |w_i|",
    w="(P,)",
    strength="()",
    R="()",
    constants=("strength",),
    sample="penalty_samples",
    source="Tibshirani, Regression shrinkage and selection via the lasso, JRSS B 58 (1996)",
)
def l1_penalty(w: Array, strength: float) -> Differentiable:
    """The sum of absolute weights, times λ: every weight is pulled to 0 with the same force.

    Backward: dw = λ sign(w), taken as 0 at w = 0. Steps along this gradient make weights small but seldom exactly 0.

    >>> import numpy as np
    >>> R, backward = l1_penalty(np.array([-2.0, 0.0, 1.0]), 0.5)
    >>> float(R), backward(1.0)
    (1.5, array([-0.5,  0. ,  0.5]))
    """
    R = strength * np.abs(w).sum()

    def backward(dR: float) -> Array:
        dw = dR * strength * np.sign(w)
        return dw

    return R, backward


@formula(
    r"R = \lambda \sum_i w_i^2",
    w="(P,)",
    strength="()",
    R="()",
    constants=("strength",),
    sample="penalty_samples",
    source="Hoerl and Kennard, Ridge regression, Technometrics 12 (1970)",
)
def l2_penalty(w: Array, strength: float) -> Differentiable:
    """The sum of squared weights, times λ: large weights are pulled to 0 hardest.

    Backward: dw = 2 λ w. Many texts write λ/2 Σ w², whose gradient is λ w: their λ is twice this one.

    >>> import numpy as np
    >>> R, backward = l2_penalty(np.array([-2.0, 1.0]), 0.5)
    >>> float(R), backward(1.0)
    (2.5, array([-2.,  1.]))
    """
    R = strength * (w * w).sum()

    def backward(dR: float) -> Array:
        dw = dR * 2 * strength * w
        return dw

    return R, backward


@formula(
    r"S = \mathrm{sign}(w) \max(|w| - \lambda, 0) = \arg\min_u \tfrac{1}{2} (u - w)^2 + \lambda |u|",
    w="(P,)",
    strength="()",
    S="(P,)",
    constants=("strength",),
    sample="soft_threshold_samples",
    source="Daubechies et al., An iterative thresholding algorithm, Comm. Pure Appl. Math. 57 (2004)",
)
def soft_threshold(w: Array, strength: float) -> Differentiable:
    """Every weight moves λ towards 0 and stops there: the proximal step of the L1 penalty, which gives exact zeros.

    After a step of size η on the cost alone, λ is η times the strength of the penalty.
    strength: λ, from 0 up. Raises SettingError below 0, where it would push weights away from 0.
    Backward: dS passes where |w| > λ, and is 0 elsewhere, at |w| = λ too.

    >>> import numpy as np
    >>> S, backward = soft_threshold(np.array([-2.0, 0.3, 1.0]), 0.5)
    >>> S, backward(np.ones(3))
    (array([-1.5,  0. ,  0.5]), array([1., 0., 1.]))
    """
    not_negative("strength", strength)
    beyond = np.abs(w) - strength
    S = np.sign(w) * np.maximum(beyond, 0)

    def backward(dS: Array) -> Array:
        dw = dS * np.heaviside(beyond, 0)
        return dw

    return S, backward


# What the formulas are tried on.


def penalty_samples(rng: Generator) -> Iterator[Case]:
    for size, strength in [(1, 0.1), (2, 1.0), (5, 0.01), (7, 0.0), (12, 3.0), (20, 0.5)]:
        w = rng.normal(size=size)
        yield smooth(w=w + 0.01 * np.sign(w), strength=strength)
    yield kink(w=np.array([0.0, -0.0, 1.0]), strength=0.5)


def soft_threshold_samples(rng: Generator) -> Iterator[Case]:
    for size, strength in [(1, 0.1), (2, 1.0), (5, 0.01), (7, 0.0), (12, 3.0), (20, 0.5)]:
        size_of_w = strength * rng.choice([0.5, 1.5], size=size) + 0.01 * rng.uniform(0.1, 0.4, size=size)
        yield smooth(w=size_of_w * rng.choice([-1, 1], size=size), strength=strength)
    yield kink(w=np.array([0.5, -0.5, 0.0, -0.0, 1.0]), strength=0.5)
