"""Losses as users call them: targets checked, then one formula.

`value, backward = loss(output, target)` and `dy = backward()`. Without weights the value is the mean, as in torch.
weight: one number per sample. denominator: what the weighted sum is divided by; unless given, the total weight of what
was passed, times the K terms of each sample where the loss compares element by element. A batch computed in parts uses
the denominator of the whole, and the parts add up.
Targets of another shape are refused: (n, 1) against (n,) never broadcasts in silence.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import any_array, real_array
from layerwise.checks import positive
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.metrics import accuracy
from layerwise.specs import Registry
from layerwise.types import Array


class Loss(ABC):
    """One number for a batch, and the way back from it."""

    @abstractmethod
    def prepare(self, output: Array, target: Any) -> Array:
        """Return the target as the formula wants it, or raise what is wrong with it."""

    @abstractmethod
    def formula(self, output: Array, target: Array, weight: Any, denominator: float) -> tuple[Any, Callable[..., Any]]:
        """Compute the weighted sum over the denominator, and its backward."""

    def terms(self, output: Array) -> int:
        """How many terms a sample adds to the sum: a mean over elements counts each of them."""
        return 1

    def accuracy(self, output: Array, target: Array) -> float | None:
        """The share of right answers, where answers are classes; None where they are quantities."""
        return None

    def __call__(
        self, output: Array, target: Any, weight: Any = None, denominator: float | None = None
    ) -> tuple[float, Callable[[], Array]]:
        """Return the value and the function that gives its gradient by `output`."""
        if type(output) is not np.ndarray or output.dtype.kind != "f":
            output = real_array("output", output, np.float64)
        target = self.prepare(output, target)
        if weight is None:
            weight, total = np.ones((1, 1), output.dtype), float(len(output))
        else:
            weight = _weights(weight, output)[:, None]
            total = float(weight.sum())
        if denominator is not None:
            denominator = positive("denominator", denominator)
        elif not total * self.terms(output) > 0:
            raise DataError(f"a mean needs samples with weight: got {len(output)} samples of total weight {total}")
        else:
            denominator = total * self.terms(output)
        value, backward = self.formula(output, target, weight, denominator)
        return float(value), lambda: backward(1.0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


LOSSES: Registry[Loss] = Registry("loss")


class _ElementwiseLoss(Loss):
    """A loss between output and target of the same shape (N, K)."""

    def prepare(self, output: Array, target: Any) -> Array:
        target = real_array("target", target, output.dtype)
        if target.shape != output.shape:
            raise ShapeError(
                f"{self!r} compares equal shapes: the output is {output.shape}, the target {target.shape}",
                _reshape_advice(output.shape, target.shape),
            )
        if output.ndim != 2:
            raise ShapeError(f"{self!r} expects an output (N, K), got shape {output.shape}")
        return target

    def terms(self, output: Array) -> int:
        return int(output.shape[1])


@LOSSES.register
class MSELoss(_ElementwiseLoss):
    """Mean squared error over all elements, for numbers. See `formulas.mean_squared_error`.

    output, target: (N, K), target in the same units.

    >>> value, backward = MSELoss()(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]))
    >>> value, backward()
    (5.0, array([[-1.],
           [ 3.]]))
    >>> MSELoss()(np.zeros((4, 1)), np.zeros(4))
    Traceback (most recent call last):
    layerwise.errors.ShapeError: MSELoss() compares equal shapes: the output is (4, 1), the target (4,): write \
target.reshape(-1, 1)
    """

    def formula(self, output: Array, target: Array, weight: Any, denominator: float) -> tuple[Any, Callable[..., Any]]:
        return formulas.mean_squared_error(output, target, weight, denominator)


@LOSSES.register
class BCEWithLogitsLoss(_ElementwiseLoss):
    """Binary cross-entropy on logits, in nats, for yes or no. See `formulas.binary_cross_entropy_with_logits`.

    output: logits (N, K), without a sigmoid. target: (N, K), numbers from 0 to 1.

    >>> value, _ = BCEWithLogitsLoss()(np.array([[0.0]]), np.array([[1.0]]))
    >>> round(value, 4)
    0.6931
    """

    def prepare(self, output: Array, target: Any) -> Array:
        target = super().prepare(output, target)
        if target.size and (target.min() < 0 or target.max() > 1):  # NaN passes, and makes the value NaN
            raise DataError(
                f"{self!r} expects targets from 0 (no) to 1 (yes), got {target.min():g} to {target.max():g}: "
                "number the two classes 0 and 1"
            )
        return target

    def accuracy(self, output: Array, target: Array) -> float | None:
        return float(np.mean((output > 0) == (target > 0.5)))

    def formula(self, output: Array, target: Array, weight: Any, denominator: float) -> tuple[Any, Callable[..., Any]]:
        return formulas.binary_cross_entropy_with_logits(output, target, weight, denominator)


@LOSSES.register
class CrossEntropyLoss(Loss):
    """Cross-entropy on logits, in nats, for one class out of K. See `formulas.cross_entropy_with_logits`.

    output: logits (N, K), without a softmax. target: labels (N,), whole numbers from 0 to K - 1.

    >>> value, backward = CrossEntropyLoss()(np.zeros((2, 10)), np.array([3, 7]))
    >>> round(value, 4)   # ln 10: a network that knows nothing
    2.3026
    """

    def prepare(self, output: Array, target: Any) -> Array:
        target = any_array("target", target)
        if output.ndim != 2:
            raise ShapeError(f"{self!r} expects logits (N, K), got shape {output.shape}")
        if target.shape != output.shape[:1]:
            advice = "write target.ravel()" if target.shape == (len(output), 1) else "give one label per sample"
            raise ShapeError(f"{self!r} expects labels of shape ({len(output)},), got {target.shape}", advice)
        if target.dtype.kind not in "iu":
            raise KindError(
                f"{self!r} expects labels that are whole numbers, got {target.dtype}: number the classes 0, 1, 2, ..., "
                "or use MSELoss for quantities"
            )
        classes = output.shape[1]
        if len(target) and (target.min() < 0 or target.max() >= classes):
            row = int(np.argmax((target < 0) | (target >= classes)))
            raise DataError(
                f"label {target[row]} in row {row} is outside 0 to {classes - 1}: the network has {classes} outputs"
            )
        return target

    def accuracy(self, output: Array, target: Array) -> float | None:
        return accuracy(output, target)

    def formula(self, output: Array, target: Array, weight: Any, denominator: float) -> tuple[Any, Callable[..., Any]]:
        return formulas.cross_entropy_with_logits(output, target, weight, denominator)


def _weights(weight: Any, output: Array) -> Array:
    weight = real_array("weight", weight, output.dtype)
    if weight.shape != output.shape[:1]:
        raise ShapeError(f"weight holds one number per sample: expected shape ({len(output)},), got {weight.shape}")
    if len(weight) and not weight.min() >= 0:
        raise DataError(f"weights must be 0 or more, got {weight.min()} in row {int(weight.argmin())}")
    return weight


def _reshape_advice(output: tuple[int, ...], target: tuple[int, ...]) -> str:
    if len(output) == 2 and output[1] == 1 and target == output[:1]:
        return "write target.reshape(-1, 1)"
    return "give the target the shape of the output"
