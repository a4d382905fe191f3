"""Information: how uncertain a distribution is, how far two of them are apart, and what one variable tells of another.

The unit is the base of the logarithm, and always stated: base 2 gives bits, base e (`math.e`) nats. A probability of 0
adds nothing: 0 log 0 = 0, the limit of p log p. Negative numbers are no probabilities; the formulas count them as 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import number
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"H(p) = -\sum_k p_k \log_b p_k",
    p="(..., K)",
    base="()",
    H="(...)",
    constants=("base",),
    sample="distribution_samples",
    source="Shannon, A mathematical theory of communication (1948), section 6",
)
def entropy(p: Array, base: float) -> Differentiable:
    """How uncertain an outcome drawn from p is: 0 when it is known, log_b K when all K are equally likely.

    Backward: dp = -(log p + 1) / ln b. At p = 0, where the slope is infinite, it is taken as 0: behind a softmax it
    is multiplied by p.

    >>> import numpy as np
    >>> H, backward = entropy(np.array([[0.5, 0.5], [1.0, 0.0]]), base=2)
    >>> H + 0.0, backward(np.ones(2)).round(2)
    (array([1., 0.]), array([[-0.44, -0.44],
           [-1.44, -0.  ]]))
    """
    unit = nats_in(base)
    absent = p <= 0
    log_p = np.log(np.where(absent, 1, p))  # 0 log 0 = 0
    H = -(p * log_p).sum(axis=-1) / unit

    def backward(dH: Array) -> Array:
        slope = np.where(absent, 0, log_p + 1) / unit
        dp = -np.expand_dims(dH, -1) * slope
        return dp

    return H, backward


@formula(
    r"H(p, q) = -\sum_k p_k \log_b q_k",
    p="(..., K)",
    q="(..., K)",
    base="()",
    H="(...)",
    constants=("base",),
    sample="linear_pair_samples",
    source="Cover and Thomas, Elements of Information Theory, 2.3 and 5.4; Goodfellow et al., Deep Learning, 3.13",
)
def cross_entropy_between(p: Array, q: Array, base: float) -> Differentiable:
    """The mean surprise of one who believes in q while outcomes are drawn from p: H(p) + KL(p || q).

    So it is no distance: H(p, p) is H(p), not 0. Where q is 0 and p is not, it is infinite; where both are, 0.
    Backward: dp = -log q / ln b and dq = -p / (q ln b).

    >>> import numpy as np
    >>> p = np.array([0.5, 0.5])
    >>> H, backward = cross_entropy_between(p, np.array([0.25, 0.75]), base=2)
    >>> float(H.round(4)), float(cross_entropy_between(p, p, base=2)[0])
    (1.2075, 1.0)
    >>> [each.round(2) for each in backward(1.0)]
    [array([2.  , 0.42]), array([-2.89, -0.96])]
    """
    unit = nats_in(base)
    q = np.where((p <= 0) & (q <= 0), 1, q)  # 0 log 0 = 0
    log_q = _log(q)
    H = -(p * log_q).sum(axis=-1) / unit

    def backward(dH: Array) -> tuple[Array, Array]:
        dH = np.expand_dims(dH, -1)
        dp = -dH * log_q / unit
        dq = -dH * _ratio(p, q) / unit
        return dp, dq

    return H, backward


@formula(
    r"D(p \,\|\, q) = \sum_k p_k \log_b \frac{p_k}{q_k}",
    p="(..., K)",
    q="(..., K)",
    base="()",
    D="(...)",
    constants=("base",),
    sample="divergence_samples",
    source="Kullback and Leibler, On information and sufficiency, Annals of Mathematical Statistics 22 (1951)",
)
def kl_divergence(p: Array, q: Array, base: float) -> Differentiable:
    """What it costs, in mean surprise, to believe in q while outcomes are drawn from p: H(p, q) - H(p).

    It is 0 only for q = p, and not symmetric: D(p || q) is not D(q || p). Where q is 0 and p is not, it is infinite.
    Backward: dp = (log(p / q) + 1) / ln b, taken as 0 at p = 0, where it is infinite, and dq = -p / (q ln b).

    >>> import numpy as np
    >>> p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    >>> D, backward = kl_divergence(p, q, base=2)
    >>> float(D.round(4)), float(kl_divergence(q, p, base=2)[0].round(4))
    (0.2075, 0.1887)
    >>> [each.round(2) for each in backward(1.0)]
    [array([2.44, 0.86]), array([-2.89, -0.96])]
    """
    unit = nats_in(base)
    absent = p <= 0
    q = np.where(absent, 1, q)  # 0 log(0 / q) = 0
    log_ratio = np.log(np.where(absent, 1, p)) - _log(q)
    D = (p * log_ratio).sum(axis=-1) / unit

    def backward(dD: Array) -> tuple[Array, Array]:
        dD = np.expand_dims(dD, -1)
        dp = dD * np.where(absent, 0, log_ratio + 1) / unit
        dq = -dD * _ratio(p, q) / unit
        return dp, dq

    return D, backward


def conditional_entropy(joint: Any, base: float) -> float:
    """H(X | Y) = H(X, Y) - H(Y): how uncertain X stays, on average, when Y is known.

    joint: (K, L), the probability of each pair, a row for each value of X, a column for each value of Y; all of them
    sum to 1. `joint.T` gives H(Y | X). Errors: `ShapeError`, `DataError` for what is no such table, `SettingError`
    for the base. Source: Cover and Thomas, Elements of Information Theory, 2.2.

    >>> conditional_entropy([[0.25, 0.25], [0.25, 0.25]], base=2), conditional_entropy([[0.5, 0], [0, 0.5]], base=2)
    (1.0, 0.0)
    """
    joint = _table(joint)
    H_joint, _ = entropy(joint.ravel(), base)
    H_y, _ = entropy(joint.sum(axis=0), base)
    return max(0.0, float(H_joint - H_y))


def mutual_information(joint: Any, base: float) -> float:
    """I(X; Y) = KL(joint || product of its margins) = H(X) - H(X | Y): what each variable tells of the other.

    It is 0 exactly when X and Y are independent, and symmetric. joint: as in `conditional_entropy`.

    >>> mutual_information([[0.25, 0.25], [0.25, 0.25]], base=2), mutual_information([[0.5, 0], [0, 0.5]], base=2)
    (0.0, 1.0)
    """
    joint = _table(joint)
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    information, _ = kl_divergence(joint.ravel(), product.ravel(), base)
    return max(0.0, float(information))  # rounding may go below


def joint_distribution(x: Any, y: Any) -> Array:
    """The share of the samples with each pair of values: (K, L), rows in the order of x's values, columns of y's.

    x, y: (N,) values that can be sorted, such as labels; or (N, D), where each different row is one value.

    >>> x, y = [0, 0, 1, 1], ["no", "yes", "yes", "yes"]
    >>> joint_distribution(x, y)
    array([[0.25, 0.25],
           [0.  , 0.5 ]])
    """
    rows, columns = states("x", x), states("y", y)
    if len(rows) != len(columns):
        raise ShapeError(f"x and y must be equally long, got {len(rows)} and {len(columns)}")
    counts = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(counts, (rows, columns), 1)
    return counts / len(rows)


def states(name: str, values: Any) -> Array:
    """The number (N,) of each sample's value among the different ones, in sorted order.

    >>> states("x", [[0, 1], [2, 0], [0, 1]])
    array([0, 1, 0])
    """
    array = any_array(name, values)
    if array.ndim == 0 or not array.size:
        raise ShapeError(f"{name} must have one value for each sample, got shape {array.shape}")
    if array.dtype.kind == "f":
        require_finite(name, array)
    elif array.dtype.kind not in "biuUSM":
        raise KindError(f"{name} must hold numbers or texts, got {array.dtype}: number the different values first")
    rows = array.reshape(len(array), -1)
    if rows.shape[1] == 1:
        return np.unique(rows[:, 0], return_inverse=True)[1]
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(len(rows))


def nats_in(base: float) -> float:
    """How many nats one unit of this base is: ln 2 for bits."""
    if number("base", base) <= 1:
        raise SettingError(f"base must be above 1 (2 for bits, e for nats), got {base!r}")
    return math.log(base)


def _table(joint: Any) -> Array:
    table = real_array("joint", joint, np.float64)
    if table.ndim != 2 or not table.size:
        raise ShapeError(f"joint must be a table (K, L) of probabilities, got shape {table.shape}")
    require_finite("joint", table)
    if table.min() < 0:
        raise DataError(f"joint must hold no negative probability, got {table.min():g}")
    if abs(table.sum() - 1) > 1e-6:
        raise DataError(f"the probabilities of joint must sum to 1, got {table.sum():g}: divide counts by their sum")
    return table


def _log(q: Array) -> Array:
    """log q, for q = 0 minus infinity without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(q)


def _ratio(p: Array, q: Array) -> Array:
    """p / q, infinite where q is 0 or too small."""
    with np.errstate(divide="ignore", over="ignore"):
        return p / q


# What the formulas are tried on.


SHAPES = [(1, 1), (1, 4), (5, 1), (3, 2), (4, 7), (2, 3, 5)]


def distribution_samples(rng: Generator) -> Iterator[Case]:
    for turn, shape in enumerate(SHAPES):
        yield smooth(p=_distributions(rng, shape), base=(2.0, math.e, 10.0)[turn % 3])
    yield kink(p=np.array([[0.0, 1.0]]), base=math.e)


def pair_samples(rng: Generator) -> Iterator[Case]:
    for turn, shape in enumerate(SHAPES):
        base = (2.0, math.e, 10.0)[turn % 3]
        yield smooth(p=_distributions(rng, shape), q=_distributions(rng, shape), base=base)


def linear_pair_samples(rng: Generator) -> Iterator[Case]:
    yield from pair_samples(rng)
    yield smooth(p=np.array([[0.0, 1.0]]), q=np.array([[0.25, 0.75]]), base=2.0)


def divergence_samples(rng: Generator) -> Iterator[Case]:
    yield from pair_samples(rng)
    yield kink(p=np.array([[0.0, 1.0]]), q=np.array([[0.5, 1.0]]), base=math.e)


def _distributions(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Rows that sum to 1, with no probability near 0, where the slope of p log p bends too fast to be measured."""
    p = rng.uniform(0.2, 1, size=shape)
    return p / p.sum(axis=-1, keepdims=True)
