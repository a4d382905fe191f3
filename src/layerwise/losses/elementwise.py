"""Losses between an output and a target of the same shape (N, ..., K): quantities, and yes or no."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import extent, real_array
from layerwise.axes import in_numpy, rows
from layerwise.checks import positive
from layerwise.compiled import fast
from layerwise.errors import DataError, ShapeError
from layerwise.losses.loss import LOSSES, Loss, Operation
from layerwise.types import Array


class ElementwiseLoss(Loss):
    """A mean over all elements of output and target, both (N, K), or (N, T, K) for sequences.

    A subclass gives the formula, which is called with rows (N, K) always. `Loss` tells the rest.

    >>> class CubicLoss(ElementwiseLoss):
    ...     def formula(self, output, target, weight, denominator):
    ...         error = output - target
    ...         value = (weight * abs(error) ** 3).sum() / denominator
    ...         return value, lambda dC: dC * 3 * weight * error * abs(error) / denominator
    >>> CubicLoss()(np.array([[1.0], [5.0]]), np.array([[0.0], [3.0]]))[0]   # (1 + 8) / 2
    4.5
    """

    def prepare(self, output: Array, target: Any) -> Array:
        target = real_array("target", target, output.dtype)
        if target.shape != output.shape:
            raise ShapeError(
                f"{self!r} compares equal shapes: the output is {output.shape}, the target {target.shape}, which is "
                f"{rows(output.shape)} against {rows(target.shape)}. {in_numpy(output.shape, target.shape)}",
                _reshape_advice(output.shape, target.shape),
            )
        if output.ndim < 2:
            raise ShapeError(f"{self!r} expects an output (N, K), got shape {output.shape}")
        return target

    def terms(self, output: Array) -> int:
        return math.prod(output.shape[1:])


@LOSSES.register
class MSELoss(ElementwiseLoss):
    """Mean squared error over all elements, for numbers. See `formulas.mean_squared_error`.

    output: (N, K), or (N, T, K) for sequences.
    target: of the same shape, in the same units.
    Source: Gauss, Theoria motus (1809); Bishop, Pattern Recognition and Machine Learning, 3.1.

    >>> value, backward = MSELoss()(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]))
    >>> value, backward()
    (5.0, array([[-1.],
           [ 3.]]))
    >>> MSELoss()(np.zeros((4, 1)), np.zeros(4))
    Traceback (most recent call last):
    layerwise.errors.ShapeError: MSELoss() compares equal shapes: the output is (4, 1), the target (4,), which is \
(N=4, K=1) against (N=4,). NumPy would spread them over each other into (4, 4) without a word: write \
target.reshape(-1, 1)
    """

    formula = staticmethod(formulas.mean_squared_error)


@LOSSES.register
class L1Loss(ElementwiseLoss):
    """Mean absolute error over all elements, for numbers among which some are wild. See `formulas.mean_absolute_error`.

    output: (N, K), or (N, T, K) for sequences.
    target: of the same shape, in the same units, which are those of the value too.
    Not the penalty on weights, which is the regularizer `L1`.
    Source: Laplace, Mémoire sur la probabilité des causes (1774).

    >>> value, backward = L1Loss()(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]))
    >>> value, backward()
    (2.0, array([[-0.5],
           [ 0.5]]))
    """

    formula = staticmethod(formulas.mean_absolute_error)


@LOSSES.register
class HuberLoss(ElementwiseLoss):
    """Half the squared error up to δ, a straight line beyond; the mean over all elements. See `formulas.huber`.

    output: (N, K), or (N, T, K) for sequences.
    target: of the same shape, in the same units.
    delta: δ, above 0, in these units too, 1 unless given.
    Source: Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35 (1964).

    >>> value, _ = HuberLoss(delta=2.0)(np.array([[1.0], [7.0]]), np.array([[0.0], [0.0]]))
    >>> value   # (1/2 + 2 (7 - 1)) / 2
    6.25
    """

    formula = staticmethod(formulas.huber)

    def __init__(self, *, delta: float = 1.0) -> None:
        self.delta = positive("delta", delta)

    def operation(self, output: Array, target: Array, weight: Array, denominator: float) -> Operation:
        return self.formula, (output, target, self.delta, weight, denominator)


class YesOrNoLoss(ElementwiseLoss):
    """A loss whose target is 0 for no, 1 for yes, or a probability between."""

    half: float
    """The output that stands for a probability of one half: more than it is a yes."""

    def prepare(self, output: Array, target: Any) -> Array:
        target = super().prepare(output, target)
        if target.size:
            low, high = fast(extent)(target)
            if low < 0 or high > 1:  # NaN passes, and makes the value NaN
                raise DataError(
                    f"{self!r} expects targets from 0 (no) to 1 (yes), got {low:g} to {high:g}: "
                    "number the two classes 0 and 1"
                )
        return target

    def accuracy(self, output: Array, target: Array) -> float | None:
        output, target, *_ = self.arguments(output, target, denominator=1.0)
        if not target.size:
            raise DataError(f"a share of nothing is not a number: {self!r} got no answers")
        yes, no = (output > self.half) & (target > 0.5), (output <= self.half) & (target <= 0.5)  # NaN is neither
        return float(np.mean(yes | no))


@LOSSES.register
class BCEWithLogitsLoss(YesOrNoLoss):
    """Binary cross-entropy on logits, in nats, for yes or no. See `formulas.binary_cross_entropy_with_logits`.

    output: logits (N, K), without a sigmoid.
    target: (N, K), numbers from 0 to 1.
    Source: Goodfellow et al., Deep Learning, 6.2.2.2.

    >>> value, _ = BCEWithLogitsLoss()(np.array([[0.0]]), np.array([[1.0]]))
    >>> round(value, 4)
    0.6931
    """

    formula = staticmethod(formulas.binary_cross_entropy_with_logits)
    half = 0.0


@LOSSES.register
class BCELoss(YesOrNoLoss):
    """Binary cross-entropy on probabilities, in nats, for yes or no. See `formulas.binary_cross_entropy`.

    output: probabilities (N, K), such as those of a last layer `Sigmoid`.
    target: (N, K), numbers from 0 to 1.
    Logarithms are taken as -100 at the least, as in torch: certain and wrong costs 100. `BCEWithLogitsLoss` needs no
    such limit, and is the better choice for training.
    Raises DataError for outputs outside 0 to 1, which are no probabilities.
    Source: Bishop, Pattern Recognition and Machine Learning, 4.3.2.

    >>> value, _ = BCELoss()(np.array([[0.25], [0.0]]), np.array([[1.0], [1.0]]))
    >>> round(value, 4)   # (ln 4 + 100) / 2
    50.6931
    """

    formula = staticmethod(formulas.binary_cross_entropy)
    half = 0.5

    def prepare(self, output: Array, target: Any) -> Array:
        target = super().prepare(output, target)
        if output.size and (output.min() < 0 or output.max() > 1):  # NaN passes, and makes the value NaN
            raise DataError(
                f"{self!r} expects probabilities, got outputs from {output.min():g} to {output.max():g}: "
                "end the network with Sigmoid(), or use BCEWithLogitsLoss"
            )
        return target


def _reshape_advice(output: tuple[int, ...], target: tuple[int, ...]) -> str:
    if len(output) == 2 and output[1] == 1 and target == output[:1]:
        return "write target.reshape(-1, 1)"
    return "give the target the shape of the output"
