"""Rectifiers: the relatives of ReLU, which let the positive side pass and treat the negative side more gently.

A unit whose input is negative for every sample gets no gradient from ReLU, and never learns again. All of these let
some gradient through there, or bend smoothly instead of having a kink.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from layerwise.formulas.activation import SHAPES, elementwise_samples, sigmoid
from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y = \max(0, x) + s \min(0, x)",
    x="(...)",
    negative_slope="()",
    y="(...)",
    constants=("negative_slope",),
    sample="leaky_samples",
    source="Maas et al., Rectifier nonlinearities improve neural network acoustic models, ICML 2013",
)
def leaky_relu(x: Array, negative_slope: float) -> Differentiable:
    """ReLU with a small slope s on the negative side, so that no unit is ever cut off from its gradient.

    Backward: the slope is 1 where x > 0 and s elsewhere; at the kink x = 0 it is taken as s.

    >>> import numpy as np
    >>> y, backward = leaky_relu(np.array([-2.0, 0.0, 3.0]), 0.25)
    >>> y, backward(np.ones(3))
    (array([-0.5,  0. ,  3. ]), array([0.25, 0.25, 1.  ]))
    """
    y = np.maximum(x, 0) + negative_slope * np.minimum(x, 0)

    def backward(dy: Array) -> Array:
        step = np.heaviside(x, 0)  # 1 where x > 0, else 0; NaN where x is
        slope = step + negative_slope * (1 - step)
        dx = dy * slope
        return dx

    return y, backward


@formula(
    r"y = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
    x="(...)",
    alpha="()",
    y="(...)",
    constants=("alpha",),
    sample="elu_samples",
    source="Clevert et al., Fast and accurate deep network learning by exponential linear units, ICLR 2016",
)
def elu(x: Array, alpha: float) -> Differentiable:
    """ReLU whose negative side bends down to -α, so that the mean of the outputs lies nearer to 0.

    e^x - 1 is computed by expm1, which keeps its digits near 0, and only where x ≤ 0, where it can not overflow.
    Backward: 1 where x > 0, α e^x elsewhere. At x = 0 it is α, which for α other than 1 is a choice: there is a kink.

    >>> import numpy as np
    >>> y, backward = elu(np.array([-1000.0, 0.0, 3.0]), 1.0)
    >>> y, backward(np.ones(3))
    (array([-1.,  0.,  3.]), array([0., 1., 1.]))
    """
    y = np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))

    def backward(dy: Array) -> Array:
        slope = np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
        dx = dy * slope
        return dx

    return y, backward


@formula(
    r"y = \frac{1}{\beta} \log(1 + e^{\beta x})",
    x="(...)",
    beta="()",
    y="(...)",
    constants=("beta",),
    sample="softplus_samples",
    source="Dugas et al., Incorporating second-order functional knowledge for better option pricing, NIPS 2000",
)
def softplus(x: Array, beta: float) -> Differentiable:
    """ReLU with a rounded corner, always positive; the larger β, the sharper the corner.

    log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), in which nothing overflows. This is exact for every x; PyTorch answers
    with x itself above βx = 20, its `threshold`, which is at most 2.1e-9 / β less.
    Backward: the sigmoid, σ(βx).

    >>> import numpy as np
    >>> y, backward = softplus(np.array([-1e4, 0.0, 4.0]), 1.0)
    >>> y.round(4), backward(np.ones(3)).round(4)
    (array([0.    , 0.6931, 4.0181]), array([0.   , 0.5  , 0.982]))
    """
    z = beta * x
    y = (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))) / beta

    def backward(dy: Array) -> Array:
        s, _ = sigmoid(z)
        dx = dy * s
        return dx

    return y, backward


@formula(
    r"y = x \, \sigma(x) = \frac{x}{1 + e^{-x}}",
    x="(...)",
    y="(...)",
    sample=elementwise_samples,
    source="Elfwing et al., Sigmoid-weighted linear units, Neural Networks 107 (2018); also known as Swish",
)
def silu(x: Array) -> Differentiable:
    """x times its own sigmoid: 0 far on the left, x far on the right, with a dip to -0.278 at x = -1.278 between.

    Backward: by the product rule, σ(x) + x σ(x) (1 - σ(x)).

    >>> import numpy as np
    >>> y, backward = silu(np.array([-1e4, 0.0, 1e4]))
    >>> y, backward(np.ones(3))
    (array([   -0.,     0., 10000.]), array([-0. ,  0.5,  1. ]))
    """
    s, _ = sigmoid(x)
    y = x * s

    def backward(dy: Array) -> Array:
        dx = dy * s * (1 + x * (1 - s))
        return dx

    return y, backward


@formula(
    r"y = x \, \Phi(x), \quad \Phi(x) = \tfrac{1}{2} \big(1 + \mathrm{erf}(x / \sqrt 2)\big)",
    x="(...)",
    y="(...)",
    sample=elementwise_samples,
    source="Hendrycks and Gimpel, Gaussian error linear units, arXiv 1606.08415 (2016)",
)
def gelu(x: Array) -> Differentiable:
    """x times the probability Φ(x) that a standard normal number is smaller than x.

    Φ(x) = erfc(-x/√2) / 2 is the same as (1 + erf(x/√2)) / 2, and keeps its digits where erf is near -1.
    Backward: by the product rule Φ(x) + x φ(x), with the normal density φ(x) = e^(-x²/2) / √(2π).
    Needs SciPy, which is loaded at the first call.

    >>> import numpy as np
    >>> y, backward = gelu(np.array([-1.0, 0.0, 1.0]))
    >>> y.round(4), backward(np.ones(3)).round(4)
    (array([-0.1587,  0.    ,  0.8413]), array([-0.0833,  0.5   ,  1.0833]))
    """
    from scipy.special import erfc

    Phi = 0.5 * erfc(-x / math.sqrt(2))
    y = x * Phi

    def backward(dy: Array) -> Array:
        near = np.clip(x, -40, 40)  # further out φ is 0, and x² might overflow
        phi = np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi)
        dx = dy * (Phi + x * phi)
        return dx

    return y, backward


@formula(
    r"y = \tfrac{1}{2} x \Big(1 + \tanh\big(\sqrt{2 / \pi} \, (x + 0.044715 x^3)\big)\Big)",
    x="(...)",
    y="(...)",
    sample=elementwise_samples,
    source="Hendrycks and Gimpel, Gaussian error linear units, arXiv 1606.08415 (2016), section 2",
)
def gelu_tanh(x: Array) -> Differentiable:
    """GELU with Φ replaced by a tanh, as GPT-2 was trained with it; never further than 5e-4 from the exact one.

    Backward: with t = tanh(u), dx = dy (1 + t + x (1 - t²) u') / 2 and u' = √(2/π) (1 + 3 · 0.044715 x²).

    >>> import numpy as np
    >>> y, backward = gelu_tanh(np.array([-1.0, 0.0, 1.0]))
    >>> y.round(4), backward(np.ones(3)).round(4)
    (array([-0.1588,  0.    ,  0.8412]), array([-0.083,  0.5  ,  1.083]))
    """
    near = np.clip(x, -10, 10)  # further out tanh is ±1 to the last bit, and x³ might overflow
    t = np.tanh(math.sqrt(2 / math.pi) * (near + 0.044715 * near * near * near))
    y = 0.5 * x * (1 + t)

    def backward(dy: Array) -> Array:
        du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * near * near)
        dx = dy * 0.5 * (1 + t + x * (1 - t * t) * du)
        return dx

    return y, backward


# What the formulas are tried on.


def leaky_samples(rng: Generator) -> Iterator[Case]:
    for shape, negative_slope in zip(SHAPES, [0.01, 0.2, 0.0, 1.0, 0.3, 0.01], strict=True):
        yield smooth(x=_away_from_0(rng, shape), negative_slope=negative_slope)
    yield kink(x=np.array([[-1.0, 0.0, -0.0, 1.0]]), negative_slope=0.25)


def elu_samples(rng: Generator) -> Iterator[Case]:
    for shape, alpha in zip(SHAPES, [1.0, 0.5, 0.0, 2.0, 1.5, 1.0], strict=True):
        yield smooth(x=_away_from_0(rng, shape), alpha=alpha)
    yield smooth(x=np.array([[-40.0, -5.0, 5.0, 40.0]]), alpha=1.5)
    yield kink(x=np.array([[0.0, -0.0, 1.0]]), alpha=0.5)


def softplus_samples(rng: Generator) -> Iterator[Case]:
    for shape, beta in zip(SHAPES, [1.0, 0.5, 3.0, 1.0, 2.0, 1.0], strict=True):
        yield smooth(x=2 * rng.normal(size=shape), beta=beta)
    yield smooth(x=np.array([[-30.0, -5.0, 0.0, 5.0, 30.0]]), beta=2.0)


def _away_from_0(rng: Generator, shape: tuple[int, ...]) -> Array:
    x = rng.normal(size=shape)
    return x + 0.01 * np.sign(x)
