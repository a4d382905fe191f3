"""A small GPT: each step looks back at the steps before it, and says what comes next."""

from __future__ import annotations

from typing import Any

from layerwise.checks import whole_number
from layerwise.layers import (
    GELU,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Linear,
    MultiheadAttention,
    PositionalEmbedding,
)
from layerwise.network import Network, Residual


def gpt(
    vocabulary: int,
    *,
    length: int = 128,
    width: int = 64,
    heads: int = 4,
    blocks: int = 2,
    dropout: float = 0.0,
    seed: int = 0,
    dtype: Any = "float32",
) -> Network:
    """A decoder-only transformer: at every step, logits for the next word or character.

    vocabulary: V, how many words there are. length: the longest sequence. width: D, the features of a step. heads: of
    the attention, which divide D. blocks: how many. dropout: on what each part of a block adds, 0 unless given.
    seed, dtype: as for `Network`. x: (N, T) whole numbers below V; y: (N, T, V).
    A block adds to each step what it finds by looking back, then what it makes of that by itself; the normalisation
    stands before each part, so that the sum runs through the network untouched. The last map and the embedding are one
    matrix: what a word means when it is read is what speaks for it when it is to be said.
    Source: Radford et al., Language models are unsupervised multitask learners (2019), for the blocks; Press and Wolf
    (2017) for the tie

    >>> import numpy as np
    >>> gpt(50)(np.zeros((2, 9), dtype=int)).shape
    (2, 9, 50)
    """
    width = whole_number("width", width)
    layers: list[Layer] = [Embedding(vocabulary, width), PositionalEmbedding(length, width)]
    for _ in range(whole_number("blocks", blocks)):
        layers += [
            Residual(
                LayerNorm(width),
                MultiheadAttention(width, heads, causal=True),
                Dropout(dropout),
            ),
            Residual(
                LayerNorm(width),
                Linear(width, 4 * width),
                GELU("tanh"),
                Linear(4 * width, width),
                Dropout(dropout),
            ),
        ]
    layers += [LayerNorm(width), Linear(width, vocabulary, bias=False)]
    # The matrix starts as that of the last map, uniform in ±1/√D: with the N(0, 1) of an embedding alone, the first
    # logits would be in the tens. The positions start as small, so that they do not drown the words.
    ties = {"0.weight": f"{len(layers) - 1}.weight"}
    net = Network(*layers, seed=seed, dtype=dtype, ties=ties)
    net.parameters()["1.weight"][...] *= 0.1
    return net
