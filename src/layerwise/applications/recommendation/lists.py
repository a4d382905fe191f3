"""Lists of recommendations, and how good they are."""

from __future__ import annotations

import numpy as np

from layerwise.data.corpora import Ratings
from layerwise.types import Array

LIKED = 4.0
"""Stars from which on a film counts as liked."""


def top(scores: Array, seen: Array, n: int = 10) -> Array:
    """The n items with the highest scores among those that are not seen, the best first; fewer where fewer are left.

    scores: (items,). seen: places of items to leave out.

    >>> top(np.array([3.0, 9.0, 5.0, 7.0]), np.array([1]), n=2)
    array([3, 2])
    """
    scores = np.asarray(scores, dtype=np.float64).copy()
    scores[seen] = -np.inf
    return np.argsort(-scores, kind="stable")[: min(n, int(np.isfinite(scores).sum()))]


def recall_at(n: int, scores: Array, seen: list[Array], liked: list[Array]) -> float:
    """Of what people liked later, which share stands in their lists of n: the mean over those who liked anything.

    scores: (users, items). seen: for each user the items that are known, which no list holds. liked: for each user the
    held-out items that were liked. Divided by the smaller of n and their number, so that 1 can be reached.

    >>> recall_at(2, np.array([[4.0, 3.0, 2.0, 1.0]]), [np.array([0])], [np.array([1, 3])])
    0.5
    """
    shares = [
        len(set(top(scores[user], seen[user], n)) & set(wanted.tolist())) / min(n, len(wanted))
        for user, wanted in enumerate(liked)
        if len(wanted)
    ]
    return float(np.mean(shares)) if shares else float("nan")


def by_user(pairs: Array, users: int) -> list[Array]:
    """For each user the items of the pairs."""
    return [pairs[pairs[:, 0] == user, 1] for user in range(users)]


def popularity(train: Ratings) -> Array:
    """How many liked each item: (items,)."""
    liked = train.pairs[train.ratings[:, 0] >= LIKED, 1]
    return np.bincount(liked, minlength=train.items).astype(np.float64)


def biases(train: Ratings, *, strength: float = 5.0, rounds: int = 10) -> Array:
    """The stars by mean, user and item alone, r = μ + b_u + b_i: (users, items).

    strength: ratings of 0 that each bias counts beside its own, so that few ratings move it little.
    Source: Koren, Bell and Volinsky, Matrix factorization techniques for recommender systems (2009)

    >>> pairs = np.array([[0, 0], [0, 1], [1, 0]])
    >>> biases(Ratings(pairs, np.array([[5.0], [3.0], [4.0]]), 2, 2), strength=0, rounds=200).round(3)
    array([[5., 3.],
           [4., 2.]])
    """
    user, item = train.pairs.T
    stars = train.ratings[:, 0].astype(np.float64)
    mean = stars.mean()
    b_user, b_item = np.zeros(train.users), np.zeros(train.items)
    for _ in range(rounds):
        b_item = _shrunk(item, stars - mean - b_user[user], train.items, strength)
        b_user = _shrunk(user, stars - mean - b_item[item], train.users, strength)
    return mean + b_user[:, None] + b_item


def _shrunk(index: Array, rest: Array, count: int, strength: float) -> Array:
    sums, counts = np.bincount(index, rest, minlength=count), np.bincount(index, minlength=count)
    return sums / np.maximum(counts + strength, 1e-12)
