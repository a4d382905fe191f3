"""Penalties on weights, added to the cost while training: `value, gradient = penalty(weights)`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from layerwise import formulas
from layerwise.checks import not_negative
from layerwise.specs import Registry
from layerwise.types import Array


class Regularizer(ABC):
    """A penalty of strength λ on a flat array of weights. Biases are spared: the caller passes 0 for them."""

    def __init__(self, strength: float) -> None:
        self.strength = not_negative("strength", strength)

    @abstractmethod
    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Return the penalty and its gradient."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength!r})"


REGULARIZERS: Registry[Regularizer] = Registry("regularizer")


@REGULARIZERS.register
class L1(Regularizer):
    """λ Σ|w|: a constant pull towards 0. See `formulas.l1_penalty`.

    >>> import numpy as np
    >>> L1(0.5)(np.array([-2.0, 1.0]))
    (1.5, array([-0.5,  0.5]))
    """

    def __call__(self, weights: Array) -> tuple[float, Array]:
        return _apply(formulas.l1_penalty, weights, self.strength)


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
    value, backward = formula(weights, strength)
    return float(value), backward(1.0)
