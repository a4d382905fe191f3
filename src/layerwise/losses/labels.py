"""Losses for one class out of K: the truth is a label for each sample, or a row of probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import any_array, extent, real_array
from layerwise.checks import fraction, whole_number
from layerwise.compiled import fast
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.losses.loss import LOSSES, Loss, Operation
from layerwise.types import Array

IGNORE_INDEX = -100
"""The label that is ignored unless another one is named; torch's choice."""

_ROUNDING = 1e-3
"""How far rounding may take the sum of probabilities from 1, or the logarithm of one above 0."""


class LabelLoss(Loss):
    """A loss of labels (N,) under an output (N, K); of labels (N, T) under (N, T, K), one at each step of a sequence.

    Classes lie along the last axis, for sequences too, as everywhere in Layerwise; torch wants (N, K, T) here.
    A subclass gives the formula, which is called with rows (N, K) and labels (N,) from 0 to K - 1 always. Its weights
    have those of the classes in them, and are 0 where the label is ignored. `Loss` tells the rest.

    weight: one number for each class, 0 or more, or None. The mean is divided by the sum of those of the labels.
    ignore_index: the label of samples that count nowhere, -100 unless given.

    >>> class MissLoss(LabelLoss):
    ...     def formula(self, output, target, weight, denominator):
    ...         missed = weight[:, 0] * (1 - output[np.arange(len(target)), target])   # 1 - ŷ of the true class
    ...         slope = np.where(np.arange(output.shape[1]) == target[:, None], -weight, 0.0)
    ...         return missed.sum() / denominator, lambda dC: dC * slope / denominator
    >>> MissLoss()([[0.5, 0.5], [0.25, 0.75]], [0, 1])[0]
    0.375
    """

    takes = "logits"

    def __init__(self, weight: Any = None, *, ignore_index: int = IGNORE_INDEX) -> None:
        self.weight = None if weight is None else _class_weights(weight)
        self.ignore_index = whole_number("ignore_index", ignore_index, minimum=-(2**63))

    def prepare(self, output: Array, target: Any) -> Array:
        target = any_array("target", target)
        self._require_classes(output)
        if target.shape != output.shape[:-1]:
            raise ShapeError(f"{self!r} expects {self._wanted(output)}, got {target.shape}", _advice(output, target))
        if target.dtype.kind not in "iu":
            raise KindError(
                f"{self!r} expects labels that are whole numbers, got {target.dtype}: number the classes 0, 1, 2, ..., "
                "or use MSELoss for quantities"
            )
        _require_labels(target, output.shape[-1], self.ignore_index)
        return target

    def _require_classes(self, output: Array) -> None:
        K = output.shape[-1] if output.ndim > 1 else 0
        if output.ndim < 2:
            raise ShapeError(f"{self!r} expects {self.takes} (N, K), got shape {output.shape}")
        if not K:
            raise DataError(f"{self!r} expects {self.takes} of one class or more, got 0 outputs: shape {output.shape}")
        if self.weight is not None and len(self.weight) != K:
            raise ShapeError(f"the loss has {len(self.weight)} class weights, the network {K} outputs")

    def _wanted(self, output: Array) -> str:
        return f"labels of shape {output.shape[:-1]}"

    def shares(self, output: Array, target: Array) -> Array | None:
        """The weight of the class of each sample, 0 where the label is ignored; of a sequence, their sum."""
        weights = self._label_weights(output, target)
        if target.ndim == 1:
            return weights
        weights = np.ones(target.shape, output.dtype) if weights is None else weights
        return weights.sum(axis=tuple(range(1, target.ndim)))

    def _label_weights(self, output: Array, target: Array) -> Array | None:
        """The weight of the class of each label, 0 where it is ignored; None where all count 1."""
        if self.weight is None and not _may_hold(target, self.ignore_index):
            return None
        kept = target != self.ignore_index
        if self.weight is None:
            return None if kept.all() else kept
        return kept * np.asarray(self.weight, output.dtype)[np.where(kept, target, 0)]

    def rows(self, output: Array, target: Array, weight: Array) -> tuple[Array, Array, Array]:
        """Every step of every sequence in a row of its own, with the weight of its sequence."""
        labels = math.prod(output.shape[:-1])
        K = output.shape[-1]
        per_label = weight if len(weight) < 2 else np.repeat(weight, labels // len(weight), axis=0)
        shape = (labels, K) if _is_soft(target) else (labels,)
        return output.reshape(labels, K), target.reshape(shape), per_label

    def operation(self, output: Array, target: Array, weight: Array, denominator: float) -> Operation:
        """Labels that can be looked up, and their weights with those of their classes in them. All are rows."""
        weights = self._label_weights(output, target)
        if weights is not None:
            target, weight = np.where(target == self.ignore_index, 0, target), weight * weights[:, None]
        return self.formula, (output, target, weight, denominator)

    def accuracy(self, output: Array, target: Array) -> float | None:
        output, target, *_ = self.arguments(output, target, denominator=1.0)
        kept = target != self.ignore_index
        return _share_of_right(output[kept], target[kept])

    def answers(self, target: Array) -> int:
        return int(np.count_nonzero(target != self.ignore_index))


@LOSSES.register
class NLLLoss(LabelLoss):
    """Negative log-likelihood: cross-entropy on log-probabilities, in nats. See `formulas.negative_log_likelihood`.

    output: log-probabilities (N, K), such as those of a last layer `LogSoftmax`.
    target: labels (N,), whole numbers from 0 to K - 1.
    weight: one number for each class, or None.
    ignore_index: the label of samples that count nowhere, -100 unless given.
    Raises DataError for outputs above 0, which are no log-probabilities; torch takes them, and its value is below 0.
    Source: Bishop, Pattern Recognition and Machine Learning, 4.3.4.

    >>> value, backward = NLLLoss()(np.log([[0.5, 0.25, 0.25]]), np.array([1]))
    >>> round(value, 4), backward()   # ln 4
    (1.3863, array([[ 0., -1.,  0.]]))
    """

    takes = "log-probabilities"
    formula = staticmethod(formulas.negative_log_likelihood)

    def prepare(self, output: Array, target: Any) -> Array:
        target = super().prepare(output, target)
        if output.size and output.max() > _ROUNDING:  # NaN passes, and makes the value NaN
            raise DataError(
                f"{self!r} expects log-probabilities, which are 0 at the most, got outputs up to {output.max():g}: "
                "end the network with LogSoftmax(), or use CrossEntropyLoss on logits"
            )
        return target


@LOSSES.register
class CrossEntropyLoss(LabelLoss):
    """Cross-entropy on logits, in nats, for one class out of K. See `formulas.cross_entropy_with_logits`.

    output: logits (N, K), without a softmax; of sequences (N, T, K).
    target: labels (N,) from 0 to K - 1, or probabilities (N, K), rows of sum 1; of sequences (N, T) or (N, T, K).
    weight: one number for each class, or None; the mean over labels is divided by the sum of theirs, that over
    probabilities by N, as in torch.
    ignore_index: the label of samples that count nowhere, -100 unless given; not for probabilities.
    label_smoothing: ε from 0 to 1, 0 unless given; the true class is given 1 - ε + ε/K, every other one ε/K.
    For probabilities see `formulas.cross_entropy_with_soft_targets`.
    Raises DataError for labels outside 0 to K - 1 and for rows that are no probabilities.
    Source: Goodfellow et al., Deep Learning, 6.2.2.3; for the smoothing Szegedy et al., Rethinking the Inception
    architecture for computer vision, CVPR 2016, section 7.

    >>> value, backward = CrossEntropyLoss()(np.zeros((2, 10)), np.array([3, 7]))
    >>> round(value, 4)   # ln 10: a network that knows nothing
    2.3026
    >>> z = np.array([[4.0, 0.0], [0.0, 0.0]])
    >>> round(CrossEntropyLoss([1, 3])(z, np.array([0, 1]))[0], 4)   # (1 · 0.0181 + 3 · 0.6931) / 4
    0.5244
    """

    formula = staticmethod(formulas.cross_entropy_with_logits)

    def __init__(self, weight: Any = None, *, ignore_index: int = IGNORE_INDEX, label_smoothing: float = 0.0) -> None:
        super().__init__(weight, ignore_index=ignore_index)
        self.label_smoothing = fraction("label_smoothing", label_smoothing, one_allowed=True)

    def prepare(self, output: Array, target: Any) -> Array:
        target = any_array("target", target)
        if not _is_soft(target) or target.ndim < output.ndim:
            self._refuse_whole_rows(output, target)
            return super().prepare(output, target)
        self._require_classes(output)
        if target.shape != output.shape:
            advice = "write target.ravel()" if target.shape[1:] == (1,) else "give one probability per class"
            raise ShapeError(f"{self!r} expects {self._wanted(output)}, got {target.shape}", advice)
        if self.ignore_index >= 0:
            raise SettingError(
                f"{self!r} ignores a label, and the targets are probabilities: give these samples the weight 0"
            )
        target = real_array("target", target, output.dtype)
        _require_probabilities(target)
        return target

    def _refuse_whole_rows(self, output: Array, target: Array) -> None:
        if target.ndim > 1 and target.shape == output.shape and target.shape[-1] > 1:
            raise KindError(
                f"{self!r} expects probabilities as floating-point numbers, got {target.dtype}: "
                "write target.astype(float), or give labels, target.argmax(axis=-1)"
            )

    def _wanted(self, output: Array) -> str:
        return f"labels of shape {output.shape[:-1]} or probabilities of shape {output.shape}"

    def shares(self, output: Array, target: Array) -> Array | None:
        if not _is_soft(target):
            return super().shares(output, target)
        return None if target.ndim == 2 else np.full(len(target), math.prod(target.shape[1:-1]), output.dtype)

    def accuracy(self, output: Array, target: Array) -> float | None:
        target = any_array("target", target)
        if not _is_soft(target):
            return super().accuracy(output, target)
        output, target, *_ = self.arguments(output, target, denominator=1.0)
        labels = np.where(np.isnan(target).any(axis=-1), -1, target.argmax(axis=-1))  # -1: no class, so never right
        return _share_of_right(output.reshape(-1, output.shape[-1]), labels.ravel())

    def answers(self, target: Array) -> int:
        return math.prod(target.shape[:-1]) if _is_soft(target) else super().answers(target)

    def operation(self, output: Array, target: Array, weight: Array, denominator: float) -> Operation:
        if not _is_soft(target):
            if not self.label_smoothing:
                return super().operation(output, target, weight, denominator)
            weight = weight * (target != self.ignore_index)[:, None]
            target = (target[:, None] == np.arange(output.shape[1])).astype(output.dtype)  # one-hot
        return formulas.cross_entropy_with_soft_targets, (output, self._smoothed(target), weight, denominator)

    def _smoothed(self, y: Array) -> Array:
        """Probabilities (N, K) with ε of them spread over all classes, times the weights of the classes."""
        y = (1 - self.label_smoothing) * y + self.label_smoothing / y.shape[1]
        return y if self.weight is None else y * np.asarray(self.weight, y.dtype)


def _share_of_right(output: Array, labels: Array) -> float:
    """How many of the largest outputs are at their labels; NaN is never right."""
    if not labels.size:
        raise DataError("a share of nothing is not a number: there is no label that counts")
    right = (output.argmax(axis=-1) == labels) & ~np.isnan(output).any(axis=-1)
    return float(right.mean())


def _require_labels(target: Array, classes: int, ignored: int) -> None:
    """Refuse the first label that names no class; NumPy would take -1 for the last one."""
    if not target.size:
        return
    low, high = fast(extent)(target)
    if low >= 0 and high < classes:
        return
    outside = ((target < 0) | (target >= classes)) & (target != ignored)
    if outside.any():
        place = tuple(np.argwhere(outside)[0])
        words = ", ".join(f"{axis} {index}" for axis, index in zip(("row", "step"), place, strict=False))
        raise DataError(
            f"label {target[place]} in {words} is outside 0 to {classes - 1}: the network has {classes} outputs"
        )


def _may_hold(target: Array, label: int) -> bool:
    """Whether a label lies between the least and the largest: a quick look that mostly says no."""
    if not target.size:
        return False
    low, high = fast(extent)(target)
    return bool(low <= label <= high)


def _advice(output: Array, target: Array) -> str:
    """What to do about labels whose shape does not fit."""
    if target.shape == (len(output), 1):
        return "write target.ravel()"
    if output.ndim > 2:
        return "give one label per step, or let the network end in one answer per sequence, as LSTM(output='last') does"
    return "give one label per sample"


def _is_soft(target: Array) -> bool:
    """Whether a target is rows of probabilities; labels are whole numbers."""
    return target.dtype.kind == "f"


def _require_probabilities(target: Array) -> None:
    """Refuse rows that are no probabilities. NaN passes, and makes the value NaN."""
    target = target.reshape(math.prod(target.shape[:-1]), target.shape[-1])
    sums = target.sum(axis=1)
    wrong = (target < 0).any(axis=1) | (np.abs(sums - 1) > _ROUNDING)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"row {row} of the target is no distribution: its smallest number is {target[row].min():g}, its sum "
            f"{sums[row]:g}; expected numbers from 0 up whose sum is 1, or labels (N,)"
        )


def _class_weights(weight: Any) -> tuple[float, ...]:
    weight = real_array("weight", weight, np.float64)
    if weight.ndim != 1 or not len(weight):
        raise ShapeError(f"weight holds one number for each class: expected shape (K,), got {weight.shape}")
    if not (np.isfinite(weight).all() and weight.min() >= 0 and weight.max() > 0):
        raise SettingError(f"class weights must be finite, 0 or more, and not all 0; got {weight.tolist()}")
    return tuple(weight.tolist())
