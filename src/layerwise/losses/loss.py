"""The loss: a formula with checks around it, and a name in a table. It reads in the order in which a call runs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeAlias

import numpy as np

from layerwise.arrays import any_array, real_array
from layerwise.checks import positive
from layerwise.compiled import fast
from layerwise.errors import DataError, ShapeError
from layerwise.specs import Registry
from layerwise.tap import Tap, compute
from layerwise.types import Array, Differentiable

Operation: TypeAlias = tuple[Callable[..., Differentiable], tuple[Any, ...]]
"""A formula, and what it is called with."""


class Loss(ABC):
    """One number for a batch, and the way back from it: `value, backward = loss(output, target)`, `dy = backward()`.

    A loss of one's own is a formula: value and backward of the weighted sum over the batch, divided by the
    denominator. All else has a default that a subclass may override. Which class to begin with:
    ElementwiseLoss, where output and target have one shape and every element counts;
    LabelLoss, where the target is a class for each sample;
    Loss itself, where a sample counts as a whole, whatever its target is.
    A subclass keeps the arguments of its constructor as attributes of the same names.
    Source: Bishop, Pattern Recognition and Machine Learning, 1.5.

    >>> import layerwise as lw
    >>> class LogCoshLoss(lw.ElementwiseLoss):
    ...     def formula(self, output, target, weight, denominator):
    ...         error = output - target
    ...         value = (weight * np.log(np.cosh(error))).sum() / denominator
    ...         return value, lambda dC: dC * weight * np.tanh(error) / denominator
    >>> value, backward = LogCoshLoss()([[0.0], [2.0]], [[0.0], [1.0]])
    >>> round(value, 4), backward().round(4)   # the mean of ln cosh 0 and ln cosh 1
    (0.2169, array([[0.    ],
           [0.3808]]))
    """

    def __call__(
        self,
        output: Array,
        target: Any,
        weight: Any = None,
        denominator: float | None = None,
        tap: Tap | None = None,
    ) -> tuple[float, Callable[[], Array]]:
        """Return the value, and the function that gives its gradient by the output.

        output: (N, ..., K), what the network answers.
        target: the truth, as the loss takes it; one row for each of the N samples.
        weight: (N,), how much each sample counts, 0 or more; all the same unless given.
        denominator: what the weighted sum is divided by, the total weight unless given.
        tap: who looks at the call of the formula, at the address "loss".
        """
        output, target, weight, denominator = self.arguments(output, target, weight, denominator)
        shape = output.shape
        if len(shape) > 2:
            output, target, weight = self.rows(output, target, weight)
        formula, arguments = self.operation(output, target, weight, denominator)
        run = fast(formula) if tap is None else partial(compute, formula, tap=tap, where="loss")
        value, backward = run(*arguments)
        return float(value), partial(backward, 1.0) if len(shape) == 2 else lambda: backward(1.0).reshape(shape)

    def arguments(
        self, output: Any, target: Any, weight: Any = None, denominator: float | None = None
    ) -> tuple[Array, Array, Array, float]:
        """Output, target, weight, (N, 1) or (1, 1), and denominator as they are computed with, or what is wrong."""
        if type(output) is not np.ndarray or output.dtype.kind != "f":
            output = real_array("output", output, np.float64)
        target = self.prepare(output, target)
        if weight is not None:
            weight = _weights(weight, output)
        if denominator is None:
            denominator = self._total(output, target, weight)
        else:
            denominator = positive("denominator", denominator)
        return output, target, _one(output.dtype) if weight is None else weight[:, None], denominator

    def prepare(self, output: Array, target: Any) -> Array:
        """Return the target as the formula wants it, or raise what is wrong with it or with the output."""
        target = any_array("target", target)
        target = real_array("target", target, None if target.dtype.kind in "iu" else output.dtype)
        if output.ndim < 2:
            raise ShapeError(f"{self!r} expects an output (N, K), got shape {output.shape}")
        if target.shape[:1] != output.shape[:1]:
            raise ShapeError(
                f"{self!r} expects a target for each of {len(output)} samples, got a target of shape {target.shape}"
            )
        return target

    def shares(self, output: Array, target: Array) -> Array | None:
        """How much each sample (N,) counts in the mean by what its target is; None where all count the same."""
        return None

    def terms(self, output: Array) -> int:
        """How many terms a sample adds to the sum: a mean over elements counts each of them."""
        return 1

    def _total(self, output: Array, target: Array, weight: Array | None) -> float:
        """What makes the weighted sum a mean."""
        shares = self.shares(output, target)
        if shares is None:
            total = float(len(output) if weight is None else weight.sum())
        else:
            total = float(shares.sum() if weight is None else shares @ weight)
        denominator = total * self.terms(output)
        if not denominator > 0:
            words = f"a mean needs samples with weight: got {len(output)} samples of total weight {total}"
            raise DataError(words if shares is None else f"{words}, after {self!r} has weighed their labels")
        return denominator

    def rows(self, output: Array, target: Array, weight: Array) -> tuple[Array, Array, Array]:
        """Output (N, ..., K), target and weight (N, 1) or (1, 1) in the shapes that the formula takes.

        Unless overridden: all elements of a sample in one row.
        """
        flat = len(output), math.prod(output.shape[1:])
        return output.reshape(flat), target.reshape(flat) if target.shape == output.shape else target, weight

    def operation(self, output: Array, target: Array, weight: Array, denominator: float) -> Operation:
        """The formula for this batch, and what it is called with."""
        return self.formula, (output, target, weight, denominator)

    @abstractmethod
    def formula(self, *arguments: Any, **keywords: Any) -> Differentiable:
        """Compute the weighted sum over the denominator, and its backward, from what `operation` gives.

        That is output (N, K), target, weight (N, 1) or (1, 1) and denominator, unless a loss has more to say.
        """

    def denominator(self, output: Array, target: Any, weight: Any = None) -> float:
        """What the sum over this batch is divided by unless another denominator is given.

        Parts of a batch, each called with the denominator of the whole, add up to the whole.
        """
        return self.arguments(output, target, weight)[3]

    def accuracy(self, output: Array, target: Array) -> float | None:
        """The share of right answers, where answers are classes; None where they are quantities.

        NaN, in the output or in the target, is never right.
        """
        return None

    def answers(self, target: Array) -> int:
        """How many answers `accuracy` is the share of, so that shares of parts add up to that of the whole."""
        return target.size

    def __repr__(self) -> str:
        """The call that makes this loss: what differs from the defaults, by name."""
        words = (f"{name}={value!r}" for name, value in LOSSES.settings(self).items())
        return f"{type(self).__name__}({', '.join(words)})"


LOSSES: Registry[Loss] = Registry("loss", "lw.losses.LOSSES")


@cache
def _one(dtype: Any) -> Array:
    """The weight of every sample where nobody has given any, (1, 1)."""
    return np.ones((1, 1), dtype)


def _weights(weight: Any, output: Array) -> Array:
    """Weights of samples in the type of the output: one each, finite, 0 or more."""
    weight = real_array("weight", weight, output.dtype)
    if weight.shape != output.shape[:1]:
        raise ShapeError(f"weight holds one number per sample: expected shape ({len(output)},), got {weight.shape}")
    if len(weight) and not (weight.min() >= 0 and weight.max() < np.inf):
        row = int(np.argmin((weight >= 0) & (weight < np.inf)))
        raise DataError(f"weights must be finite, and 0 or more, got {weight[row]} in row {row}")
    return weight
