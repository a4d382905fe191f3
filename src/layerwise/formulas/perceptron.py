"""The perceptron of 1958: one unit with a step for an activation, and the first rule by which a machine learnt.

The step has the derivative 0 wherever it has one, so nothing can be sent back through it: `perceptron` and its rule are
plain functions and stand beside the registry of formulas. In the registry is the cost that the rule descends without
saying so, `perceptron_criterion`: one step of gradient descent on it, sample by sample, is the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import positive, whole_number
from layerwise.errors import DataError, ShapeError
from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.formulas.regression_loss import SHAPES
from layerwise.types import Array, Differentiable, Generator


def perceptron(x: Array, w: Array, b: float) -> Array:
    """ŷ = 1 if w·x + b > 0, else 0: on which side of a plane each sample lies.

    x: (N, D), or one sample (D,). w: (D,). Returns ŷ (N,), or one number; NaN stays NaN.
    Source: Rosenblatt, The perceptron, Psychological Review 65 (1958).

    >>> perceptron(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([1.0, 1.0]), -1.5)   # AND
    array([0., 0., 1.])
    """
    return np.heaviside(x @ w + b, 0)


def perceptron_update(x: Array, y: float, w: Array, b: float, lr: float = 1.0) -> tuple[Array, float]:
    """The rule, for one sample: w ← w + η (y - ŷ) x and b ← b + η (y - ŷ). A right answer changes nothing.

    A missed 1 moves w towards x, a false 1 moves it away; the size of the error does not matter.
    x: (D,). y: 0 or 1. lr: η. Returns the new w (D,) and b; the old ones stay as they are.

    >>> perceptron_update(np.array([1.0, 2.0]), 1, np.array([0.0, 0.0]), 0.0)
    (array([1., 2.]), 1.0)
    """
    error = y - perceptron(x, w, b)
    return w + lr * error * x, float(b + lr * error)


class PerceptronRun(NamedTuple):
    """What the rule came to: w (D,), b, and the mistakes of each epoch."""

    w: Array
    b: float
    mistakes: list[int]

    @property
    def separated(self) -> bool:
        """Whether the last epoch had no mistake: the plane parts the classes, and the rule has nothing left to do."""
        return self.mistakes[-1] == 0


def train_perceptron(x: Any, y: Any, lr: float = 1.0, epochs: int = 1000) -> PerceptronRun:
    """Apply the rule to every sample in turn, from w = 0 and b = 0, until an epoch has no mistake.

    If some plane through the samples (x, 1) keeps all of them at least γ away from it, and none is further than R from
    the origin, the rule makes at most (R/γ)² mistakes in all, whatever η is (Novikoff). If no plane parts the classes,
    as in XOR, it never comes to rest, and `epochs` ends it.

    x: (N, D). y: (N,), 0 or 1. lr: η, above 0. epochs: the most passes over the samples.
    Raises ShapeError, DataError, KindError or SettingError for arguments that do not fit.
    Source: Novikoff, On convergence proofs on perceptrons (1962); Minsky and Papert, Perceptrons (1969), for XOR.

    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> train_perceptron(x, [0, 0, 0, 1]).separated   # AND
    True
    >>> train_perceptron(x, [0, 1, 1, 0]).separated   # XOR
    False
    """
    x, y = _samples(x, y)
    lr, epochs = positive("lr", lr), whole_number("epochs", epochs)
    w, b = np.zeros(x.shape[1]), 0.0
    mistakes: list[int] = []
    while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
        mistakes.append(0)
        for x_n, y_n in zip(x, y, strict=True):
            mistakes[-1] += int(perceptron(x_n, w, b) != y_n)
            w, b = perceptron_update(x_n, y_n, w, b, lr)
    return PerceptronRun(w, b, mistakes)


def _samples(x: Any, y: Any) -> tuple[Array, Array]:
    x, y = real_array("x", x, np.float64), real_array("y", y, np.float64)
    if x.ndim != 2:
        raise ShapeError(f"x must be (N, D), one row a sample; got shape {x.shape}")
    if y.shape != x.shape[:1]:
        advice = "write y.ravel()" if y.shape == (len(x), 1) else "give one label per sample"
        raise ShapeError(f"y must be of shape ({len(x)},), got {y.shape}", advice)
    if not x.size:
        raise DataError(f"a perceptron learns from samples with features: got x of shape {x.shape}")
    require_finite("x", x)
    wrong = (y != 0) & (y != 1)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(f"y must hold 0 and 1, got {y[row]:g} in row {row}: number the two classes 0 and 1")
    return x, y


@formula(
    r"C = \frac{1}{d} \sum_n w_n \sum_k \big[ \max(z, 0) - y z \big]_{nk}",
    z="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="criterion_samples",
    source="Bishop, Pattern Recognition and Machine Learning, 4.1.7",
)
def perceptron_criterion(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """How far, in z = w·x + b, the wrong samples lie on the wrong side; the right ones cost nothing. y is 0 or 1.

    Binary cross-entropy on logits is this plus log(1 + e^-|z|): the same corner, rounded.
    Backward: dz = w (ŷ - y) / d with the step ŷ, where cross-entropy has σ(z). At z = 0 the step answers 0, as
    everywhere in this file. With dw = dz x, a step of gradient descent is w ← w + η (y - ŷ) x.

    >>> import numpy as np
    >>> z, y = np.array([[2.0], [2.0]]), np.array([[1.0], [0.0]])
    >>> C, backward = perceptron_criterion(z, y, np.ones((1, 1)), 1.0)
    >>> float(C), backward(1.0)
    (2.0, array([[0.],
           [1.]]))
    """
    C = (weight * (np.maximum(z, 0) - y * z)).sum() / denominator

    def backward(dC: float) -> Array:
        dz = (dC * weight / denominator) * (np.heaviside(z, 0) - y)
        return dz

    return C, backward


# What the formulas are tried on.


def criterion_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        z, y = rng.normal(size=shape), rng.integers(2, size=shape).astype(float)
        weight = rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(z=z + 0.01 * np.sign(z), y=y, weight=weight, denominator=3.0)
    yield kink(z=np.zeros((2, 1)), y=np.array([[0.0], [1.0]]), weight=np.ones((1, 1)), denominator=1.0)
