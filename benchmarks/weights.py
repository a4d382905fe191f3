"""The weights that every contender starts from: PyTorch's names, and values in the ranges of its defaults.

Where PyTorch starts at a constant, such as the ones of a LayerNorm, the values here lie a little around it, so that a
contender that mixes up two of them does not stay unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rows import Row, settings
from layerwise.types import Array, Generator


def initial(row: Row, rng: Generator) -> dict[str, Array]:
    """The weights of one layer by name, float32; none for a layer that learns nothing."""
    draw = INITIAL.get(row["name"])
    values = draw(rng, **settings(row)) if draw else {}
    return {name: value.astype(np.float32) for name, value in values.items()}


def _within(rng: Generator, bound: float, **shapes: Any) -> dict[str, Array]:
    return {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}


def _linear(rng: Generator, in_features: int, out_features: int) -> dict[str, Array]:
    D, K = in_features, out_features
    return _within(rng, D**-0.5, weight=(K, D), bias=K)


def _convolution(rng: Generator, in_channels: int, out_channels: int, kernel_size: int, **_: Any) -> dict[str, Array]:
    C, K, side = in_channels, out_channels, kernel_size
    return _within(rng, (C * side * side) ** -0.5, weight=(K, C, side, side), bias=K)


def _embedding(rng: Generator, num_embeddings: int, embedding_dim: int) -> dict[str, Array]:
    return {"weight": rng.standard_normal((num_embeddings, embedding_dim))}


def _positions(rng: Generator, max_length: int, embedding_dim: int) -> dict[str, Array]:
    return {"weight": 0.1 * rng.standard_normal((max_length, embedding_dim))}


def _lstm(rng: Generator, input_size: int, hidden_size: int) -> dict[str, Array]:
    D, H = input_size, hidden_size
    shapes = {"weight_ih_l0": (4 * H, D), "weight_hh_l0": (4 * H, H), "bias_ih_l0": 4 * H, "bias_hh_l0": 4 * H}
    return _within(rng, H**-0.5, **shapes)


def _attention(rng: Generator, embed_dim: int, **_: Any) -> dict[str, Array]:
    D = embed_dim
    inside = _within(rng, (6 / (4 * D)) ** 0.5, in_proj_weight=(3 * D, D)) | _within(rng, 0.1, in_proj_bias=3 * D)
    return inside | {f"out_proj.{name}": value for name, value in _linear(rng, D, D).items()}


def _layer_norm(rng: Generator, normalized_shape: int) -> dict[str, Array]:
    weight = 1 + 0.1 * rng.standard_normal(normalized_shape)
    return {"weight": weight, "bias": 0.1 * rng.standard_normal(normalized_shape)}


INITIAL: dict[str, Callable[..., dict[str, Array]]] = {
    "Linear": _linear,
    "Conv2d": _convolution,
    "Embedding": _embedding,
    "PositionalEmbedding": _positions,
    "LSTM": _lstm,
    "MultiheadAttention": _attention,
    "LayerNorm": _layer_norm,
}
"""The layers that have weights; the others have none."""
