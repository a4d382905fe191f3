"""Cross-entropy: the surprise, in nats, of a network's probabilities at what is true.

On logits where a network is trained: softmax or sigmoid and the logarithm in one formula never compute log 0. On
log-probabilities and on probabilities where those are what one has.

As in `regression_loss`, each is a sum over the samples, weighted and divided by a denominator that the caller states.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.activation import log_softmax, softmax
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.formulas.regression_loss import SHAPES
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \log p_{n, y_n}, \quad p = \mathrm{softmax}(z)",
    z="(N, K)",
    y="(N,)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="label_samples",
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
    r"C = -\frac{1}{d} \sum_n w_n \sum_k y_{nk} \log p_{nk}, \quad p = \mathrm{softmax}(z)",
    z="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="soft_samples",
    source="Szegedy et al., Rethinking the Inception architecture, CVPR 2016, section 7 (label smoothing)",
)
def cross_entropy_with_soft_targets(z: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """Cross-entropy on logits where the truth is a row of probabilities: smoothed, mixed or uncertain labels.

    Class weights are factors of the columns of y, whose rows may therefore have any sum. Even the best p costs the
    entropy of y: a loss of 0 is out of reach unless every row of y has a single class.
    Backward: dz = w (p Σ_k y_k - y) / d, which is w (p - y) / d where the rows of y sum to 1.

    >>> import numpy as np
    >>> z, y = np.array([[2.0, 1.0, 0.0]]), np.array([[0.0, 0.5, 0.5]])
    >>> C, backward = cross_entropy_with_soft_targets(z, y, np.ones((1, 1)), 1.0)
    >>> float(C.round(3)), backward(1.0).round(3)
    (1.908, array([[ 0.665, -0.255, -0.41 ]]))
    """
    log_p, _ = log_softmax(z)
    C = -(weight * y * log_p).sum() / denominator

    def backward(dC: float) -> Array:
        p = np.exp(log_p)
        dz = (dC * weight / denominator) * (p * y.sum(axis=1, keepdims=True) - y)
        return dz

    return C, backward


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \, (\log p)_{n, y_n}",
    log_p="(N, K)",
    y="(N,)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="log_probability_samples",
    source="Bishop, Pattern Recognition and Machine Learning, 4.3.4",
)
def negative_log_likelihood(log_p: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The surprise at the true class, read off from log-probabilities: after log-softmax, this is cross-entropy.

    Backward: -w/d at the true class, 0 elsewhere.

    >>> import numpy as np
    >>> log_p = np.log(np.array([[0.5, 0.25, 0.25]]))
    >>> C, backward = negative_log_likelihood(log_p, np.array([1]), np.ones((1, 1)), 1.0)
    >>> float(C.round(4)), backward(1.0)
    (1.3863, array([[ 0., -1.,  0.]]))
    """
    rows = np.arange(len(log_p))
    C = -(weight[:, 0] * log_p[rows, y]).sum() / denominator

    def backward(dC: float) -> Array:
        dlog_p = np.zeros_like(log_p)
        dlog_p[rows, y] = -dC * weight[:, 0] / denominator
        return dlog_p

    return C, backward


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \sum_k y_{nk} \log p_{nk}",
    p="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="probability_samples",
    source="Bishop, Pattern Recognition and Machine Learning, 4.3.4; in most textbooks -Σ y log ŷ",
)
def cross_entropy_with_probabilities(p: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """Cross-entropy as books print it, on probabilities p (ŷ), with the truth y one-hot or as probabilities.

    To read, and to compare with; to train, use the form on logits: where p rounds to 0 this one has lost the number.
    log p is taken as -100 at the least, and the slope at p = 1e-12 at the least, so that both stay finite.
    Backward: dp = -w y / (p d). Its steepness and the Jacobian of softmax cancel to p - y.

    >>> import numpy as np
    >>> p, y = np.array([[0.5, 0.25, 0.25]]), np.array([[0.0, 1.0, 0.0]])
    >>> C, backward = cross_entropy_with_probabilities(p, y, np.ones((1, 1)), 1.0)
    >>> float(C.round(4)), backward(1.0)
    (1.3863, array([[-0., -4., -0.]]))
    """
    with np.errstate(divide="ignore"):  # log 0 is -inf, and becomes -100
        log_p = np.maximum(np.log(p), -100)
    C = -(weight * y * log_p).sum() / denominator

    def backward(dC: float) -> Array:
        dp = -(dC * weight / denominator) * y / np.maximum(p, 1e-12)
        return dp

    return C, backward


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \sum_k \big[ y \log \sigma(z) + (1 - y) \log(1 - \sigma(z)) \big]_{nk}",
    z="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="binary_samples",
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


@formula(
    r"C = -\frac{1}{d} \sum_n w_n \sum_k \big[ y \log p + (1 - y) \log(1 - p) \big]_{nk}",
    p="(N, K)",
    y="(N, K)",
    weight="(N, 1) or (1, 1)",
    denominator="()",
    C="()",
    constants=("y", "weight", "denominator"),
    sample="binary_probability_samples",
    source="Bishop, Pattern Recognition and Machine Learning, 4.3.2; the limits are PyTorch's",
)
def binary_cross_entropy(p: Array, y: Array, weight: Array, denominator: float) -> Differentiable:
    """The surprise, in nats, at a yes (y = 1) or no (y = 0) under the probability p. y may lie between.

    To train, use the form on logits: where p rounds to 0 or 1 this one has lost the number. Both logarithms are taken
    as -100 at the least, and p (1 - p) in the slope as 1e-12, so that a wrong certainty costs 100 and not infinity.
    Backward: dp = w (p - y) / (p (1 - p) d). Its steepness and σ' = p (1 - p) cancel to p - y.

    >>> import numpy as np
    >>> C, backward = binary_cross_entropy(np.array([[0.0], [0.5]]), np.array([[1.0], [1.0]]), np.ones((2, 1)), 1.0)
    >>> float(C.round(4)), backward(1.0)
    (100.6931, array([[-1.e+12],
           [-2.e+00]]))
    """
    with np.errstate(divide="ignore"):  # log 0 is -inf, and becomes -100
        log_yes = np.maximum(np.log(p), -100)
        log_no = np.maximum(np.log1p(-p), -100)
    C = -(weight * (y * log_yes + (1 - y) * log_no)).sum() / denominator

    def backward(dC: float) -> Array:
        dp = (dC * weight / denominator) * (p - y) / np.maximum(p * (1 - p), 1e-12)
        return dp

    return C, backward


# What the formulas are tried on.


def label_samples(rng: Generator) -> Iterator[Case]:
    for n, k in SHAPES:
        weight = rng.uniform(0.5, 2, size=(n, 1))
        yield smooth(z=2 * rng.normal(size=(n, k)), y=rng.integers(k, size=n), weight=weight, denominator=weight.sum())
    z = np.array([[200.0, 0.0, -200.0], [1.0, 1.0, 1.0]])
    yield smooth(z=z, y=np.array([2, 0]), weight=np.array([[1.0], [0.0]]), denominator=2.0)
    yield smooth(z=z, y=np.array([1, 1]), weight=np.ones((1, 1)), denominator=2.0)


def log_probability_samples(rng: Generator) -> Iterator[Case]:
    for case in label_samples(rng):
        z, y, weight, denominator = case.arguments.values()
        yield smooth(log_p=log_softmax(z)[0], y=y, weight=weight, denominator=denominator)


def soft_samples(rng: Generator) -> Iterator[Case]:
    for n, k in SHAPES:
        weight = rng.uniform(0.5, 2, size=(n, 1))
        yield smooth(z=2 * rng.normal(size=(n, k)), y=rng.dirichlet(np.ones(k), n), weight=weight, denominator=3.0)
    z = np.array([[200.0, 0.0, -200.0], [1.0, 1.0, 1.0]])
    y = np.array([[0.5, 0.25, 1.5], [0.0, 1.0, 0.0]])  # class weights are in it: the first row has another sum than 1
    yield smooth(z=z, y=y, weight=np.array([[1.0], [0.0]]), denominator=2.0)


def probability_samples(rng: Generator) -> Iterator[Case]:
    for n, k in SHAPES:
        p, _ = softmax(rng.uniform(-1, 1, size=(n, k)))
        weight = rng.uniform(0.5, 2, size=(n, 1))
        yield smooth(p=p, y=rng.dirichlet(np.ones(k), n), weight=weight, denominator=3.0)
    yield smooth(p=np.array([[0.25, 0.75]]), y=np.array([[0.0, 1.0]]), weight=np.ones((1, 1)), denominator=1.0)


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


def binary_probability_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        y = rng.integers(2, size=shape).astype(float)
        weight = rng.uniform(0.5, 2, size=(shape[0], 1))
        yield smooth(p=rng.uniform(0.1, 0.9, size=shape), y=y, weight=weight, denominator=5.0)
    yield smooth(
        p=np.array([[0.5], [0.2], [0.9]]),
        y=np.array([[0.5], [0.25], [0.0]]),
        weight=np.array([[1.0], [2.0], [0.0]]),
        denominator=3.0,
    )
