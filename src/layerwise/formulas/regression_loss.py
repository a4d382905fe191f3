"""Losses for numbers: one number that says how far a batch of predictions is from the truth.

All losses are weighted sums over the samples, divided by a denominator that the caller states. With weights 1 and
the number of terms as denominator this is the mean. Stating it lets a batch be split: the parts of a batch, each
divided by the denominator of the whole, add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.checks import positive
from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"C = \frac{1}{d} \sum_n w_n \sum_k (\hat y_{nk} - y_{nk})^2",
    prediction="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="regression_samples",
    source="Gauss, Theoria motus (1809); Bishop, Pattern Recognition and Machine Learning, 3.1",
)
def mean_squared_error(prediction: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The mean of the squared differences; large errors count most.

    Backward: dŷ = 2 w (ŷ - y) / d.

    >>> import numpy as np
    >>> C, backward = mean_squared_error(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]), np.ones((2, 1)), 2.0)
    >>> float(C), backward(1.0)
    (5.0, array([[-1.],
           [ 3.]]))
    """
    error = prediction - y
    C = (weight * error * error).sum() / denominator

    def backward(dC: float) -> Array:
        dprediction = (2 * dC * weight / denominator) * error
        return dprediction

    return C, backward


@formula(
    r"C = \frac{1}{d} \sum_n w_n \sum_k |\hat y_{nk} - y_{nk}|",
    prediction="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="absolute_samples",
    source="Laplace, Mémoire sur la probabilité des causes (1774)",
)
def mean_absolute_error(prediction: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The mean of the absolute differences, in the units of y. One wild value pulls no harder than any other.

    Of all constant answers the median has the smallest; for the squared error it is the mean.
    Backward: dŷ = w sign(ŷ - y) / d, however small the error; where ŷ = y it is taken as 0.

    >>> import numpy as np
    >>> C, backward = mean_absolute_error(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]), np.ones((2, 1)), 2.0)
    >>> float(C), backward(1.0)
    (2.0, array([[-0.5],
           [ 0.5]]))
    """
    error = prediction - y
    C = (weight * np.abs(error)).sum() / denominator

    def backward(dC: float) -> Array:
        dprediction = (dC * weight / denominator) * np.sign(error)
        return dprediction

    return C, backward


@formula(
    r"C = \frac{1}{d} \sum_n w_n \sum_k c \, (e - c / 2), \quad e = \hat y_{nk} - y_{nk}, \; "
    r"c = \min(\max(e, -\delta), \delta)",
    prediction="(N, K)",
    y="(N, K)",
    delta="()",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "delta", "weight", "denominator"),
    sample="huber_samples",
    source="Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35 (1964)",
)
def huber(prediction: Array, y: Array, delta: float, weight: Array, denominator: float) -> Differentiable:
    """Half the squared error where it is at most δ, and a straight line of slope δ beyond.

    With c, the error e clipped to [-δ, δ], both are one expression: c (e - c/2) is e²/2 inside, δ (|e| - δ/2) outside.
    delta: δ, above 0; SettingError if it is not.
    Backward: dŷ = w c / d. Value and slope are continuous at δ.

    >>> import numpy as np
    >>> C, backward = huber(np.array([[2.5], [7.0]]), np.array([[2.0], [2.0]]), 1.0, np.ones((2, 1)), 1.0)
    >>> float(C), backward(1.0)   # 0.5² / 2 + 1 (5 - 1/2)
    (4.625, array([[0.5],
           [1. ]]))
    """
    positive("delta", delta)
    error = prediction - y
    clipped = np.clip(error, -delta, delta)
    C = (weight * clipped * (error - clipped / 2)).sum() / denominator

    def backward(dC: float) -> Array:
        dprediction = (dC * weight / denominator) * clipped
        return dprediction

    return C, backward


# What the formulas are tried on.


SHAPES = [(1, 1), (1, 4), (5, 1), (3, 2), (4, 7), (9, 3)]


def regression_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        weight = rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(prediction=rng.normal(size=shape), y=rng.normal(size=shape), weight=weight, denominator=3.0)


def absolute_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        y, weight = rng.normal(size=shape), rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(prediction=y + _errors(rng, shape, 0.1, 2), y=y, weight=weight, denominator=3.0)
    y = np.array([[1.0], [2.0], [3.0]])
    yield kink(prediction=np.array([[1.0], [5.0], [-3.0]]), y=y, weight=np.ones((1, 1)), denominator=1.0)


def huber_samples(rng: Generator) -> Iterator[Case]:
    for shape, delta in zip(SHAPES, [1.0, 0.5, 2.0, 1.0, 0.1, 3.0], strict=True):
        y, weight = rng.normal(size=shape), rng.uniform(0.5, 2, size=(shape[0], 1))
        near, far = _errors(rng, shape, 0.1, 0.9), _errors(rng, shape, 1.1, 3)
        error = delta * np.where(rng.random(shape) < 0.5, near, far)
        yield smooth(prediction=y + error, y=y, delta=delta, weight=weight, denominator=3.0)
    error = np.array([[0.5], [-0.5], [0.0]])  # where the parabola meets the lines, the slope is bent
    yield kink(prediction=error, y=np.zeros((3, 1)), delta=0.5, weight=np.ones((1, 1)), denominator=1.0)


def _errors(rng: Generator, shape: tuple[int, ...], low: float, high: float) -> Array:
    """Differences of either sign, of a size between low and high."""
    return rng.uniform(low, high, size=shape) * np.where(rng.random(shape) < 0.5, -1, 1)
