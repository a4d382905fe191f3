"""Losses: one number that says how wrong a batch of answers is.

All of them are weighted sums over the samples, divided by a denominator that the caller states. With weights 1 and
the number of terms as denominator this is the mean. Stating it lets a batch be split: the parts of a batch, each
divided by the denominator of the whole, add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.activation import log_softmax
from layerwise.formulas.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator

SHAPES = [(1, 1), (1, 4), (5, 1), (3, 2), (4, 7), (9, 3)]


def regression_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        weight = rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(prediction=rng.normal(size=shape), y=rng.normal(size=shape), weight=weight, denominator=3.0)


def label_samples(rng: Generator) -> Iterator[Case]:
    for n, k in SHAPES:
        weight = rng.uniform(0.5, 2, size=(n, 1))
        yield smooth(z=2 * rng.normal(size=(n, k)), y=rng.integers(k, size=n), weight=weight, denominator=weight.sum())
    z = np.array([[200.0, 0.0, -200.0], [1.0, 1.0, 1.0]])
    yield smooth(z=z, y=np.array([2, 0]), weight=np.array([[1.0], [0.0]]), denominator=2.0)
    yield smooth(z=z, y=np.array([1, 1]), weight=np.ones((1, 1)), denominator=2.0)


def binary_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        y = rng.integers(2, size=shape).astype(float)
        weight = rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(z=2 * rng.normal(size=shape), y=y, weight=weight, denominator=5.0)
    yield smooth(
        z=np.array([[-60.0], [60.0], [0.0]]),
        y=np.array([[1.0], [0.25], [0.5]]),
        weight=np.array([[1.0], [2.0], [0.0]]),
        denominator=3.0,
    )


@formula(
    r"C = \frac{1}{d} \sum_n w_n \sum_k (\hat y_{nk} - y_{nk})^2",
    prediction="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample=regression_samples,
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
    r"C = -\frac{1}{d} \sum_n w_n \log p_{n, y_n}, \quad p = \mathrm{softmax}(z)",
    z="(N, K)",
    y="(N,)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample=label_samples,
    source="Goodfellow et al., Deep Learning, 6.2.2.3",
)
def cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The surprise, in nats, at the true class y_n under the probabilities softmax(z_n).

    It takes logits: log-softmax and the loss in one formula never compute log 0.
    Backward: the steep -1/p of the loss and the Jacobian of softmax multiply to plain subtraction,
    dz = w (p - onehot(y)) / d.

    >>> import numpy as np
    >>> C, backward = cross_entropy_with_logits(np.array([[2.0, 1.0, 0.0]]), np.array([2]), np.ones((1, 1)), 1.0)
    >>> float(C.round(3)), backward(1.0).round(3)
    (2.408, array([[ 0.665,  0.245, -0.91 ]]))
    """
    rows = np.arange(len(z))
    log_p, _ = log_softmax(z)
    C = -(weight[:, 0] * log_p[rows, y]).sum() / denominator

    def backward(dC: float) -> Array:
        p = np.exp(log_p)
        p[rows, y] -= 1
        dz = (dC * weight / denominator) * p
        return dz

    return C, backward


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \sum_k \big[ y \log \sigma(z) + (1 - y) \log(1 - \sigma(z)) \big]_{nk}",
    z="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample=binary_samples,
    source="Goodfellow et al., Deep Learning, 6.2.2.2",
)
def binary_cross_entropy_with_logits(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The surprise, in nats, at a yes (y = 1) or no (y = 0) under the probability σ(z). y may lie between.

    log σ(z) = min(z, 0) - s with s = log(1 + e^-|z|), in which nothing overflows; the surprise is max(z, 0) - y z + s.
    Backward: dz = w (σ(z) - y) / d.

    >>> import numpy as np
    >>> z, y = np.array([[1e4], [0.0]]), np.array([[0.0], [1.0]])
    >>> C, backward = binary_cross_entropy_with_logits(z, y, np.ones((2, 1)), 1.0)
    >>> float(C.round(3)), backward(1.0)
    (10000.693, array([[ 1. ],
           [-0.5]]))
    """
    s = np.log1p(np.exp(-np.abs(z)))
    loss = np.maximum(z, 0) - y * z + s
    C = (weight * loss).sum() / denominator

    def backward(dC: float) -> Array:
        p = np.exp(np.minimum(z, 0) - s)  # σ(z)
        dz = (dC * weight / denominator) * (p - y)
        return dz

    return C, backward
