"""Dropout: training with random units silenced, so that no unit can rely on another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.checks import fraction
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y = \frac{x \odot m}{1 - p}, \quad m \sim \mathrm{Bernoulli}(1 - p)",
    x="(...)",
    mask="(...)",
    p="()",
    y="(...)",
    constants=("mask", "p"),
    sample="dropout_samples",
    source="Srivastava et al., Dropout, JMLR 15 (2014); the scaling while training is the 'inverted' form",
)
def dropout(x: Array, mask: Array, p: float) -> Differentiable:
    """Keep the elements where mask is true, scaled by 1/(1 - p) so that their expected value stays x.

    p is the probability of being dropped; p = 1 drops everything and gives 0, and beyond [0, 1] it is refused by a
    SettingError. Nothing is done at evaluation. The classic form leaves training unscaled and multiplies by (1 - p) at
    evaluation instead; both have the same mean.
    Backward: the same mask and the same scale.

    >>> import numpy as np
    >>> y, backward = dropout(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), 0.5)
    >>> y, backward(np.ones(3))
    (array([2., 0., 6.]), array([2., 0., 2.]))
    """
    fraction("p", p, one_allowed=True)
    scale = 1 / (1 - p) if p < 1 else 0.0
    y = x * mask * scale

    def backward(dy: Array) -> Array:
        dx = dy * mask * scale
        return dx

    return y, backward


# What the formulas are tried on.


def dropout_samples(rng: Generator) -> Iterator[Case]:
    for shape, p in [
        ((1, 1), 0.3),
        ((1, 6), 0.5),
        ((4, 1), 0.2),
        ((3, 5), 0.0),
        ((7, 2), 0.9),
        ((2, 3, 4), 0.5),
    ]:
        yield smooth(x=rng.normal(size=shape), mask=rng.random(shape) >= p, p=p)
    yield smooth(x=rng.normal(size=(2, 3)), mask=np.zeros((2, 3), dtype=bool), p=1.0)
