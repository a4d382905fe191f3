"""Penalties on weights, added to the cost while training: `value, gradient = penalty(weights)`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from layerwise import formulas
from layerwise.arrays import real_array
from layerwise.checks import not_negative, yes_or_no
from layerwise.errors import SettingError
from layerwise.specs import Registry
from layerwise.types import Array


class Regularizer(ABC):
    """A penalty of strength λ on a flat array of weights. Biases are spared: the caller passes 0 for them.

    proximal: whether the penalty has a step of its own, `shrink`, which is made after that of the optimizer. Its
    gradient then does not join the gradient of the cost.

    >>> import numpy as np
    >>> class L4(Regularizer):
    ...     def __call__(self, weights):
    ...         return self.strength * (weights**4).sum(), 4 * self.strength * weights**3
    >>> L4(0.5)(np.array([1.0, -2.0]))
    (np.float64(8.5), array([  2., -16.]))
    """

    proximal: bool = False

    def __init__(self, strength: float) -> None:
        self.strength = not_negative("strength", strength)

    @abstractmethod
    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Return the penalty and its gradient."""

    def shrink(self, weights: Array, lr: float) -> Array:
        """The proximal step: the u that minimises |u - weights|² / 2 + lr · penalty(u)."""
        raise SettingError(f"{self!r} acts by its gradient and has no proximal step: L1(strength, proximal=True) has")

    def __repr__(self) -> str:
        settings = REGULARIZERS.settings(self)
        strength = settings.pop("strength", self.strength)
        words = [repr(strength), *(f"{name}={value!r}" for name, value in settings.items())]
        return f"{type(self).__name__}({', '.join(words)})"


REGULARIZERS: Registry[Regularizer] = Registry("regularizer", "lw.regularizers.REGULARIZERS")


@REGULARIZERS.register
class L1(Regularizer):
    """λ Σ|w|: a constant pull towards 0. See `formulas.l1_penalty`.

    proximal: off unless given: the pull is a part of the gradient, which makes weights small but seldom exactly 0,
    since a step leads past 0 and the next one back. With True every step of the optimizer is followed by
    `formulas.soft_threshold` with η λ, which stops at 0, so that weights without use become exactly 0. That is exact
    for gradient descent. Momentum μ makes the steps longer and not the threshold: λ then counts as (1 - μ) λ. Adam and
    its like make steps of about η whatever the gradient, so that few weights reach 0: prefer SGD.

    >>> import numpy as np
    >>> L1(0.5)(np.array([-2.0, 1.0]))
    (1.5, array([-0.5,  0.5]))
    >>> L1(0.5, proximal=True).shrink(np.array([-2.0, 0.04]), lr=0.1)
    array([-1.95,  0.  ])
    """

    def __init__(self, strength: float, proximal: bool = False) -> None:
        super().__init__(strength)
        self.proximal = yes_or_no("proximal", proximal)

    def __call__(self, weights: Array) -> tuple[float, Array]:
        return _apply(formulas.l1_penalty, weights, self.strength)

    def shrink(self, weights: Array, lr: float) -> Array:
        shrunk, _ = formulas.soft_threshold(weights, lr * self.strength)
        return shrunk


@REGULARIZERS.register
class L2(Regularizer):
    """λ Σw²: a pull towards 0 in proportion to the weight; the gradient is 2λw. See `formulas.l2_penalty`.

    >>> import numpy as np
    >>> L2(0.5)(np.array([-2.0, 1.0]))
    (2.5, array([-2.,  1.]))
    """

    def __call__(self, weights: Array) -> tuple[float, Array]:
        return _apply(formulas.l2_penalty, weights, self.strength)


def _apply(formula: Any, weights: Array, strength: float) -> tuple[float, Array]:
    weights = real_array("weights", weights)
    value, backward = formula(weights if weights.dtype.kind == "f" else weights.astype(float), strength)
    return float(value), backward(1.0)
