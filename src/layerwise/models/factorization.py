"""A recommender by factorisation: who likes what, from factors of both."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.checks import number, whole_number
from layerwise.layers import Embedding, Linear, Select
from layerwise.network import Network, Parallel, Sequential


def factorization(
    users: int, items: int, *, factors: int = 16, mean: float = 0.0, seed: int = 0, dtype: Any = "float32"
) -> Network:
    """The rating that a user gives an item: r = μ + b_u + b_i + Σ_k h_k p_uk q_ik.

    users, items: how many there are. factors: K, the length of the vectors p of a user and q of an item: what he looks
    for, and how much of it is there. mean: the mean rating, where the bias μ of the last map starts; its weights h
    start at 1, with which the sum is the product pᵀq of the textbooks. seed, dtype: as for `Network`.
    x: (N, 2) whole numbers, the user and the item; y: (N, 1).
    Few ratings say little of a user, so the factors want a penalty: `L2`, or weight decay.
    Source: Koren, Bell and Volinsky, Matrix factorization techniques for recommender systems (2009); He et al., Neural
    collaborative filtering (2017), for h

    >>> net = factorization(users=3, items=5, mean=3.5)
    >>> net(np.array([[0, 4], [2, 1]])).shape
    (2, 1)
    """
    user, item = Select(0, size=2), Select(1, size=2)
    factors, mean = whole_number("factors", factors), number("mean", mean)
    last = Linear(factors + 2, 1, init="zeros")
    last.weight, last.bias = np.ones((1, factors + 2)), [mean]
    net = Network(
        Parallel(
            Parallel(
                Sequential(user, Embedding(users, factors)),
                Sequential(item, Embedding(items, factors)),
                combine="multiply",
            ),
            Sequential(user, Embedding(users, 1)),
            Sequential(item, Embedding(items, 1)),
        ),
        last,
        seed=seed,
        dtype=dtype,
    )
    for name, weight in net.parameters().items():
        if name.startswith("0."):
            weight *= 0.1  # N(0, 1) would begin with opinions that nobody has stated
    return net
