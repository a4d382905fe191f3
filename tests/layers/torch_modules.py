"""Modules that torch.nn does not have, or has with another call, as users of torch write them.

Each function returns what a row of the table wants as its twin: the module, made from the module torch.nn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Twin = Callable[[Any], Any]


def positional_embedding(max_length: int, embedding_dim: int) -> Twin:
    """Learned positions: an Embedding whose words are the numbers of the steps."""

    def twin(nn: Any) -> Any:
        class PositionalEmbedding(nn.Embedding):
            def forward(self, x):
                return x + self.weight[: x.shape[1]]

        return PositionalEmbedding(max_length, embedding_dim)

    return twin


def sinusoidal_positions(max_length: int, embedding_dim: int) -> Twin:
    """Fixed positions, written out one by one."""
    table = [
        [(math.cos if d % 2 else math.sin)(t / 10_000 ** ((d - d % 2) / embedding_dim)) for d in range(embedding_dim)]
        for t in range(max_length)
    ]

    def twin(nn: Any) -> Any:
        class SinusoidalPositions(nn.Module):
            def forward(self, x):
                return x + x.new_tensor(table)[: x.shape[1]]

        return SinusoidalPositions()

    return twin


def self_attention(*settings: Any, causal: bool = False, **named: Any) -> Twin:
    """torch.nn.MultiheadAttention, which gets its query, key and value one by one, called with one x for all."""

    def twin(nn: Any) -> Any:
        class MultiheadAttention(nn.MultiheadAttention):
            def forward(self, x, padding=None):
                ahead = x.new_ones(x.shape[1], x.shape[1]).triu(1).bool() if causal else None
                y, _ = super().forward(x, x, x, key_padding_mask=padding, attn_mask=ahead, need_weights=False)
                return y

        return MultiheadAttention(*settings, batch_first=True, **named)

    return twin
