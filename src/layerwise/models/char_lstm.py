"""A character LSTM: reads a text letter by letter, and says what comes next, or what it was."""

from __future__ import annotations

from typing import Any

from layerwise.layers import LSTM, Dropout, Embedding, Linear
from layerwise.network import Network


def char_lstm(
    vocabulary: int,
    *,
    embedding: int = 64,
    hidden: int = 128,
    layers: int = 1,
    dropout: float = 0.0,
    classes: int | None = None,
    seed: int = 0,
    dtype: Any = "float32",
) -> Network:
    """An embedding, an LSTM and a linear map.

    vocabulary: V, how many characters there are. embedding, hidden: the features of a character and of the memory.
    layers: LSTMs above each other. dropout: the probability p of a `Dropout` on what goes in and what comes out of
    them, 0 unless given. classes: None for a model of language, with logits (N, T, V) for the next character
    at every step; a number for a classifier of whole texts, with logits (N, classes) from the last step. Its texts may
    be of different lengths: number 0 stands for padding at their ends, and changes nothing.
    seed, dtype: as for `Network`. x: (N, T) whole numbers below V.
    Source: Hochreiter and Schmidhuber, Long short-term memory (1997); Graves, Generating sequences with recurrent
    neural networks (2013)

    >>> import numpy as np
    >>> char_lstm(50)(np.zeros((2, 9), dtype=int)).shape
    (2, 9, 50)
    >>> char_lstm(50, classes=2)(np.array([[3, 7, 0], [5, 1, 4]])).shape
    (2, 2)
    """
    if classes is None:
        return Network(
            Embedding(vocabulary, embedding),
            Dropout(dropout),
            LSTM(embedding, hidden, layers),
            Dropout(dropout),
            Linear(hidden, vocabulary),
            seed=seed,
            dtype=dtype,
        )
    return Network(
        Embedding(vocabulary, embedding, padding_idx=0, masks=True),
        Dropout(dropout),
        LSTM(embedding, hidden, layers, output="last"),
        Dropout(dropout),
        Linear(hidden, classes),
        seed=seed,
        dtype=dtype,
    )
