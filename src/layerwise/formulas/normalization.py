"""Normalisation: bring values to mean 0 and variance 1, then let the network choose scale and shift again.

Batch normalisation takes mean and variance over the samples, one pair per feature; in images the features are the
channels, and every pixel counts as a sample. Layer normalisation takes them over the features, one pair per sample; RMS
normalisation takes only the size of each sample. In all, ε stands inside the root, and the variance is the biased one
(divided by N, not N - 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


class BatchNorm(NamedTuple):
    """What batch normalisation returns: the output, and the statistics of the batch that it used."""

    y: Array
    mean: Array
    var: Array


def _along_features(values: Array, axes: int) -> Array:
    """One number per feature, (K,), in the shape (K, 1, 1, ...) that stands beside x of so many axes.

    >>> _along_features(np.array([1.0, 2.0]), axes=4).shape
    (2, 1, 1)
    """
    return values.reshape(-1, *[1] * (axes - 2))


@formula(
    r"y = \gamma \hat x + \beta, \quad \hat x_{nk} = \frac{x_{nk} - \mu_k}{\sqrt{\sigma_k^2 + \varepsilon}}",
    x="(N, K, ...)",
    gamma="(K,)",
    beta="(K,)",
    eps="()",
    y="(N, K, ...)",
    mean="(K,)",
    var="(K,)",
    constants=("eps",),
    sample="batch_samples",
    source="Ioffe and Szegedy, Batch normalization, ICML 2015",
)
def batch_norm(x: Array, gamma: Array, beta: Array, eps: float) -> Differentiable:
    """Normalise each feature over the samples of the batch: the form used in training.

    In images, (N, C, H, W), the features are the C channels, and each of the N·H·W pixels is a sample of them.
    The same sample comes out differently in other company, since μ and σ² belong to the batch. A batch of one gives β,
    whatever x is. A feature that is the same for all samples gives β too.
    Backward: x̂ depends on x directly, through μ and through σ²; the three together take the mean and the part along x̂
    out of the gradient: dx = (dx̂ - mean(dx̂) - x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε), dγ = Σ_n dy x̂, dβ = Σ_n dy.

    >>> import numpy as np
    >>> value, backward = batch_norm(np.array([[1.0], [2.0], [3.0], [6.0]]), np.ones(1), np.zeros(1), 1e-5)
    >>> value.mean, value.var, value.y.ravel().round(2)
    (array([3.]), array([3.5]), array([-1.07, -0.53,  0.  ,  1.6 ]))
    """
    samples = (0, *range(2, x.ndim))  # every axis but the features
    mean = x.mean(axis=samples, keepdims=True)  # (1, K, 1, ...)
    centred = x - mean
    var = (centred * centred).mean(axis=samples, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = centred / std
    scale, shift = _along_features(gamma, x.ndim), _along_features(beta, x.ndim)
    y = scale * x_hat + shift

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dx_hat = dy * scale
        along = (dx_hat * x_hat).mean(axis=samples, keepdims=True)
        dx = (dx_hat - dx_hat.mean(axis=samples, keepdims=True) - x_hat * along) / std
        dgamma = (dy * x_hat).sum(axis=samples)
        dbeta = dy.sum(axis=samples)
        return dx, dgamma, dbeta

    return BatchNorm(y, mean.reshape(-1), var.reshape(-1)), backward


@formula(
    r"y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta, \quad \mu, \sigma^2 \text{ constant}",
    x="(N, K, ...)",
    mean="(K,)",
    var="(K,)",
    gamma="(K,)",
    beta="(K,)",
    eps="()",
    y="(N, K, ...)",
    constants=("mean", "var", "eps"),
    sample="evaluation_samples",
    source="Ioffe and Szegedy, Batch normalization, ICML 2015, section 3.1",
)
def batch_norm_evaluation(x: Array, mean: Array, var: Array, gamma: Array, beta: Array, eps: float) -> Differentiable:
    """Normalise each feature with stored statistics: the form used in evaluation, where it is one affine map.

    Backward: dx = dy γ / √(σ² + ε), and dγ, dβ as in training.

    >>> import numpy as np
    >>> y, _ = batch_norm_evaluation(np.array([[3.0]]), np.array([1.0]), np.array([4.0]), np.ones(1), np.zeros(1), 0.0)
    >>> y
    array([[1.]])
    """
    samples = (0, *range(2, x.ndim))  # every axis but the features
    mean, var, scale, shift = (_along_features(each, x.ndim) for each in (mean, var, gamma, beta))  # (K, 1, ...)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    y = scale * x_hat + shift

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dx = dy * scale / std
        dgamma = (dy * x_hat).sum(axis=samples)
        dbeta = dy.sum(axis=samples)
        return dx, dgamma, dbeta

    return y, backward


@formula(
    r"y = \gamma \hat x + \beta, \quad \hat x_{nk} = \frac{x_{nk} - \mu_n}{\sqrt{\sigma_n^2 + \varepsilon}}",
    x="(..., K)",
    gamma="(K,)",
    beta="(K,)",
    eps="()",
    y="(..., K)",
    constants=("eps",),
    sample="layer_samples",
    source="Ba, Kiros and Hinton, Layer normalization (2016), arXiv 1607.06450",
)
def layer_norm(x: Array, gamma: Array, beta: Array, eps: float) -> Differentiable:
    """Normalise each sample over its features: training and evaluation are the same, and so are batches of any size.

    A row of equal values gives β.
    Backward: as for batch normalisation, with the means along the features; γ and β are shared by all samples, so
    their gradients are sums over them.

    >>> import numpy as np
    >>> y, _ = layer_norm(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]), np.ones(3), np.zeros(3), 1e-5)
    >>> y.round(2)
    array([[-1.22,  0.  ,  1.22],
           [ 0.  ,  0.  ,  0.  ]])
    """
    mean = x.mean(axis=-1, keepdims=True)
    centred = x - mean
    var = (centred * centred).mean(axis=-1, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = centred / std
    y = gamma * x_hat + beta
    samples = tuple(range(x.ndim - 1))  # every axis but the features

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dx_hat = dy * gamma
        along = (dx_hat * x_hat).mean(axis=-1, keepdims=True)
        dx = (dx_hat - dx_hat.mean(axis=-1, keepdims=True) - x_hat * along) / std
        dgamma = (dy * x_hat).sum(axis=samples)
        dbeta = dy.sum(axis=samples)
        return dx, dgamma, dbeta

    return y, backward


@formula(
    r"y = \gamma \hat x, \quad \hat x_{nk} = \frac{x_{nk}}{\sqrt{\frac{1}{K} \sum_j x_{nj}^2 + \varepsilon}}",
    x="(..., K)",
    gamma="(K,)",
    eps="()",
    y="(..., K)",
    constants=("eps",),
    sample="rms_samples",
    source="Zhang and Sennrich, Root mean square layer normalization, NeurIPS 2019",
)
def rms_norm(x: Array, gamma: Array, eps: float) -> Differentiable:
    """Bring each sample to a root mean square of 1 over its features, and leave its mean where it is.

    Cheaper than layer normalisation: no mean is taken out and no β added.
    Backward: as for layer normalisation without what the mean gave: dx = (dx̂ - x̂ mean(dx̂ ⊙ x̂)) / √(mean(x²) + ε).

    >>> import numpy as np
    >>> y, _ = rms_norm(np.array([[3.0, 4.0], [-6.0, 8.0]]), np.ones(2), 0.0)
    >>> y.round(3)
    array([[ 0.849,  1.131],
           [-0.849,  1.131]])
    """
    rms = np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps)
    x_hat = x / rms
    y = gamma * x_hat
    samples = tuple(range(x.ndim - 1))  # every axis but the features

    def backward(dy: Array) -> tuple[Array, Array]:
        dx_hat = dy * gamma
        dx = (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=-1, keepdims=True)) / rms
        dgamma = (dy * x_hat).sum(axis=samples)
        return dx, dgamma

    return y, backward


# What the formulas are tried on.


def batch_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(2, 1), (3, 1), (4, 3), (7, 2), (5, 6), (16, 4), (1, 2, 3, 3), (3, 2, 1, 2), (2, 3, 5)]:
        k = shape[1]
        x = 2 * rng.normal(size=shape) + _along_features(rng.normal(size=k), len(shape))
        # A large ε keeps the samples well-conditioned where all rows of a batch are equal.
        yield smooth(x=x, gamma=rng.uniform(0.5, 2, size=k), beta=rng.normal(size=k), eps=0.1)


def evaluation_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(1, 1), (1, 4), (3, 1), (4, 3), (7, 2), (5, 6), (1, 2, 1, 1), (2, 3, 2, 1), (2, 3, 5)]:
        k = shape[1]
        yield smooth(
            x=2 * rng.normal(size=shape),
            mean=rng.normal(size=k),
            var=rng.uniform(0.1, 3, size=k),
            gamma=rng.uniform(0.5, 2, size=k),
            beta=rng.normal(size=k),
            eps=1e-5,
        )


def layer_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(1, 2), (1, 5), (4, 3), (3, 1), (3, 8), (2, 3, 4), (6, 2)]:
        k = shape[-1]
        yield smooth(x=2 * rng.normal(size=shape), gamma=rng.uniform(0.5, 2, size=k), beta=rng.normal(size=k), eps=0.1)


def rms_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(1, 1), (1, 5), (4, 3), (3, 1), (3, 8), (2, 3, 4), (6, 2)]:
        yield smooth(x=2 * rng.normal(size=shape), gamma=rng.uniform(0.5, 2, size=shape[-1]), eps=0.1)
