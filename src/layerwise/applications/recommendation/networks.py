"""Two networks of factors: one says how many stars, one says what will be liked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import layerwise as lw
from layerwise.applications.recommendation.lists import LIKED
from layerwise.data.corpora import Ratings
from layerwise.models import factorization
from layerwise.random import generator
from layerwise.types import Array

PULLS = (6.0, 9.0)
"""How strongly L2 holds the network of stars: so many ratings of 0 that each factor counts beside its own, as biases
do. The validation part chooses."""
_WEIGHT = 0.4
"""L2 of the network of liking, times the number of liked ones: more of them need less."""
OTHERS = 4
"""Drawn items beside each liked one: what a person did not choose, among which lists must put the liked ones first."""


def stars_network(
    train: Ratings, validation: tuple[Array, Array], *, beside: Array, pull: float, factors: int = 8, epochs: int = 20,
    seed: int = 0, progress: bool | None = None,
) -> tuple[lw.Network, float]:  # fmt: skip
    """Learns by squared error what the stars are above or below `beside`, a table (users, items) that stays as it is.

    Counted biases need no training, and are as good as few ratings allow; the factors have to learn the rest alone, and
    may be held by another pull. Goes back to the epoch of least validation loss. Returns the network and that loss.
    """
    net = factorization(train.users, train.items, factors=factors, seed=seed)
    early = lw.EarlyStopping(patience=epochs)
    lw.fit(
        net, (train.pairs, _above(train.ratings, train.pairs, beside)), loss=lw.MSELoss(), optimizer=lw.Adam(0.005),
        regularizer=lw.L2(pull / len(train.pairs)), epochs=epochs, batch_size=256, seed=seed,
        schedule=lw.CosineAnnealingLR(epochs), validation=(validation[0], _above(validation[1], validation[0], beside)),
        listeners=[early], progress=progress,
    )  # fmt: skip
    return net, early.best


def _above(ratings: Array, pairs: Array, beside: Array) -> Array:
    """Ratings (N, 1) less what stands beside them."""
    return (ratings - beside[tuple(pairs.T)][:, None]).astype(np.float32)


def liking_network(
    train: Ratings, *, factors: int = 8, epochs: int = 20, seed: int = 0, progress: bool | None = None
) -> lw.Network:
    """Learns to tell what a person liked from items that were drawn by chance; its logits order the list.

    Stars say nothing of what people do not watch, so a network of stars makes poor lists; this one learns the choice.
    Source: Rendle et al., Neural collaborative filtering vs. matrix factorization revisited (2020)
    """
    liked = train.pairs[train.ratings[:, 0] >= LIKED]
    net = factorization(train.users, train.items, factors=factors, mean=-1.0, seed=seed)

    def epoch(number: int) -> Iterator[tuple[Array, Array]]:
        rng = generator(seed, "others", step=number)
        others = np.stack([np.repeat(liked[:, 0], OTHERS), rng.integers(train.items, size=OTHERS * len(liked))], axis=1)
        x = np.concatenate([liked, others])
        y = np.repeat([1.0, 0.0], [len(liked), len(others)]).astype(np.float32)[:, None]
        order = rng.permutation(len(x))
        for start in range(0, len(x), 512):
            rows = order[start : start + 512]
            yield x[rows], y[rows]

    lw.fit(
        net, epoch, loss=lw.BCEWithLogitsLoss(), optimizer=lw.Adam(0.005), regularizer=lw.L2(_WEIGHT / len(liked)),
        epochs=epochs, schedule=lw.CosineAnnealingLR(epochs), seed=seed, progress=progress,
    )  # fmt: skip
    return net


def table(net: lw.Network, users: int, items: int) -> Array:
    """What the network says of every user and item: (users, items)."""
    item = np.arange(items)
    return np.stack([net(np.stack([np.full(items, user), item], axis=1))[:, 0] for user in range(users)])
