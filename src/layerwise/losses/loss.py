"""The loss: a formula with checks around it, and a name in a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import positive
from layerwise.errors import DataError, ShapeError
from layerwise.specs import Registry
from layerwise.types import Array


class Loss(ABC):
    """One number for a batch, and the way back from it.

    A subclass keeps the arguments of its constructor as attributes of the same names, and computes by a formula.
    """

    @abstractmethod
    def prepare(self, output: Array, target: Any) -> Array:
        """Return the target as the formula wants it, or raise what is wrong with it."""

    @abstractmethod
    def formula(self, output: Array, target: Array, weight: Any, denominator: float) -> tuple[Any, Callable[..., Any]]:
        """Compute the weighted sum over the denominator, and its backward."""

    @abstractmethod
    def rows(self, output: Array, target: Array, weight: Array) -> tuple[Array, Array, Array]:
        """Output (N, ..., K), target and weight (N, 1) or (1, 1) in the shapes that the formula takes."""

    def terms(self, output: Array) -> int:
        """How many terms a sample adds to the sum: a mean over elements counts each of them."""
        return 1

    def shares(self, output: Array, target: Array) -> Array | None:
        """How much each sample (N,) counts in the mean by what its target is; None where all count the same."""
        return None

    def accuracy(self, output: Array, target: Array) -> float | None:
        """The share of right answers, where answers are classes; None where they are quantities."""
        return None

    def answers(self, target: Array) -> int:
        """How many answers `accuracy` is the share of, so that shares of parts add up to that of the whole."""
        return target.size

    def __call__(
        self, output: Array, target: Any, weight: Any = None, denominator: float | None = None
    ) -> tuple[float, Callable[[], Array]]:
        """Return the value and the function that gives its gradient by `output`."""
        output, target, weight, denominator = self.arguments(output, target, weight, denominator)
        shape = output.shape
        if len(shape) > 2:
            output, target, weight = self.rows(output, target, weight)
        value, backward = self.formula(output, target, weight, denominator)
        return float(value), partial(backward, 1.0) if len(shape) == 2 else lambda: backward(1.0).reshape(shape)

    def arguments(
        self, output: Any, target: Any, weight: Any = None, denominator: float | None = None
    ) -> tuple[Array, Array, Array, float]:
        """Output, target, weight, (N, 1) or (1, 1), and denominator as the formula takes them, or what is wrong."""
        output, target, weight = self._checked(output, target, weight)
        if denominator is None:
            denominator = self._total(output, target, weight)
        else:
            denominator = positive("denominator", denominator)
        return output, target, _one(output.dtype) if weight is None else weight[:, None], denominator

    def denominator(self, output: Array, target: Any, weight: Any = None) -> float:
        """What the sum over this batch is divided by unless another denominator is given.

        Parts of a batch, each called with the denominator of the whole, add up to the whole.
        """
        return self._total(*self._checked(output, target, weight))

    def _checked(self, output: Any, target: Any, weight: Any) -> tuple[Array, Array, Array | None]:
        if type(output) is not np.ndarray or output.dtype.kind != "f":
            output = real_array("output", output, np.float64)
        target = self.prepare(output, target)
        return output, target, None if weight is None else _weights(weight, output)

    def _total(self, output: Array, target: Array, weight: Array | None) -> float:
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
    weight = real_array("weight", weight, output.dtype)
    if weight.shape != output.shape[:1]:
        raise ShapeError(f"weight holds one number per sample: expected shape ({len(output)},), got {weight.shape}")
    if len(weight) and not weight.min() >= 0:
        raise DataError(f"weights must be 0 or more, got {weight.min()} in row {int(weight.argmin())}")
    return weight
