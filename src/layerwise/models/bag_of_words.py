"""A bag of words: which words a text has, and how often, without their order."""

from __future__ import annotations

from typing import Any

from layerwise.layers import Dropout, Linear, ReLU
from layerwise.network import Network


def bag_of_words(
    vocabulary: int, classes: int = 2, *, hidden: int = 32, dropout: float = 0.5, seed: int = 0, dtype: Any = "float32"
) -> Network:
    """A classifier of texts by their words.

    vocabulary: V, how many words are known. classes: how many logits for each text. hidden: the features of a word.
    dropout: the probability p of the `Dropout` before the last map. seed, dtype: as for `Network`.
    x: (N, V), a number for each word of the vocabulary: how often it stands in the text, or the logarithm of one more;
    y: (N, classes). Column v of the first weight is the vector of word v: x Wᵀ adds up the vectors of all words of
    the text, as an embedding and a sum would.
    Source: Joulin et al., Bag of tricks for efficient text classification (2017)

    >>> import numpy as np
    >>> bag_of_words(1000)(np.zeros((2, 1000))).shape
    (2, 2)
    """
    return Network(
        Linear(vocabulary, hidden),
        ReLU(),
        Dropout(dropout),
        Linear(hidden, classes),
        seed=seed,
        dtype=dtype,
    )
