"""Activation functions: the bends between the affine maps, without which a deep network would be one flat map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y = \sigma(x) = \frac{1}{1 + e^{-x}}",
    x="(...)",
    y="(...)",
    sample="elementwise_samples",
    source="Goodfellow et al., Deep Learning, 3.10",
)
def sigmoid(x: Array) -> Differentiable:
    """Squash every number into (0, 1): the probability that belongs to the log-odds x.

    Backward: σ'(x) = y (1 - y), at most 1/4, so ten sigmoids in a row pass on less than a millionth.
    The exponent below is never positive, so nothing overflows: for x < 0, σ(x) = eˣ / (1 + eˣ).

    >>> import numpy as np
    >>> y, backward = sigmoid(np.array([0.0, 1000.0, -1000.0]))
    >>> y
    array([0.5, 1. , 0. ])
    >>> backward(np.ones(3))
    array([0.25, 0.  , 0.  ])
    """
    e = np.exp(-np.abs(x))
    y = np.where(x >= 0, 1, e) / (1 + e)

    def backward(dy: Array) -> Array:
        dx = dy * y * (1 - y)
        return dx

    return y, backward


@formula(
    r"y = \tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
    x="(...)",
    y="(...)",
    sample="elementwise_samples",
    source="LeCun et al., Efficient BackProp (1998), section 4.4",
)
def tanh(x: Array) -> Differentiable:
    """Squash every number into (-1, 1), with 0 staying 0: tanh(x) = 2 σ(2x) - 1.

    Backward: tanh'(x) = 1 - y², which is 1 at the centre and fades to 0 on both sides.

    >>> import numpy as np
    >>> y, backward = tanh(np.array([0.0, 1000.0]))
    >>> y, backward(np.ones(2))
    (array([0., 1.]), array([1., 0.]))
    """
    y = np.tanh(x)

    def backward(dy: Array) -> Array:
        dx = dy * (1 - y * y)
        return dx

    return y, backward


@formula(
    r"y = \max(0, x)",
    x="(...)",
    y="(...)",
    sample="relu_samples",
    source="Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
)
def relu(x: Array) -> Differentiable:
    """Keep what is positive, and answer everything else with 0.

    Backward: the slope is a step, 1 where x > 0 and 0 elsewhere; at the kink x = 0 it is taken as 0, as everyone does.
    A unit is dead only if x ≤ 0 for all inputs. NaN stays NaN, both ways.

    >>> import numpy as np
    >>> y, backward = relu(np.array([-2.0, 0.0, 3.0]))
    >>> y, backward(np.array([10.0, 10.0, 10.0]))
    (array([0., 0., 3.]), array([ 0.,  0., 10.]))
    """
    y = np.maximum(x, 0)

    def backward(dy: Array) -> Array:
        step = np.heaviside(x, 0)
        dx = dy * step
        return dx

    return y, backward


@formula(
    r"p_k = \frac{e^{x_k}}{\sum_j e^{x_j}}",
    x="(..., K)",
    p="(..., K)",
    sample="row_samples",
    source="Bridle, Probabilistic interpretation of feedforward classification network outputs (1990)",
)
def softmax(x: Array) -> Differentiable:
    """Turn each row of logits into probabilities: positive, and of sum 1 along the last axis.

    Adding a constant to a row changes nothing, so its maximum is subtracted first and no exponential overflows.
    Backward: every output depends on every input of its row. The Jacobian is diag(p) - p pᵀ, and its product with dp
    needs no matrix: dx = p ⊙ (dp - Σ_k p_k dp_k).

    >>> import numpy as np
    >>> p, backward = softmax(np.array([[2.0, 1.0, 0.0]]))
    >>> p.round(3)
    array([[0.665, 0.245, 0.09 ]])
    >>> bool(abs(backward(np.array([[5.0, -1.0, 2.0]])).sum()) < 1e-12)   # a shift of the whole row has no effect
    True
    """
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)

    def backward(dp: Array) -> Array:
        dx = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
        return dx

    return p, backward


@formula(
    r"y_k = x_k - \log \sum_j e^{x_j}",
    x="(..., K)",
    y="(..., K)",
    sample="row_samples",
    source="Goodfellow et al., Deep Learning, 6.2.2.3",
)
def log_softmax(x: Array) -> Differentiable:
    """The logarithm of softmax, without ever computing log 0.

    Taking log(softmax(x)) fails as soon as a probability rounds to 0; here log Σ eˣ is computed from shifted logits,
    whose largest term is e⁰ = 1.
    Backward: dx = dy - p Σ_k dy_k, with p = eʸ.

    >>> import numpy as np
    >>> y, backward = log_softmax(np.array([[1000.0, 0.0]]))
    >>> y
    array([[    0., -1000.]])
    """
    shifted = x - x.max(axis=-1, keepdims=True)
    y = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))

    def backward(dy: Array) -> Array:
        p = np.exp(y)
        dx = dy - p * dy.sum(axis=-1, keepdims=True)
        return dx

    return y, backward


# What the formulas are tried on.


SHAPES = [(1, 1), (1, 5), (4, 1), (3, 7), (6, 4), (2, 3, 5)]


def elementwise_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        yield smooth(x=2 * rng.normal(size=shape))
    yield smooth(x=np.array([[-30.0, -5.0, 0.0, 5.0, 30.0]]))


def relu_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        x = rng.normal(size=shape)
        yield smooth(x=x + 0.01 * np.sign(x))  # away from the kink at 0
    yield kink(x=np.array([[-1.0, 0.0, -0.0, 1.0]]))


def row_samples(rng: Generator) -> Iterator[Case]:
    for shape in SHAPES:
        yield smooth(x=2 * rng.normal(size=shape))
    yield smooth(x=np.array([[3.0, 3.0, 3.0], [-700.0, 0.0, 9.0]]))
