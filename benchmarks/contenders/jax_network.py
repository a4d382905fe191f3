"""The workloads' networks in JAX: each layer a function of its weights, under PyTorch's names, and its input.

Images are (N, H, W, C) here. Attention is written out: measured on W5, a step takes 9,900 microseconds so, and 11,900
by `jax.nn.dot_product_attention`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from benchmarks.contenders import look_up
from benchmarks.rows import Row, settings
from benchmarks.workloads import Workload

Apply: TypeAlias = Callable[[dict[str, Any], Any], Any]
"""From the weights of all layers by name, and an input, to an output."""


def network(jax: Any, workload: Workload) -> tuple[Apply, Callable[[Any, Any], Any]]:
    """The forward pass of the whole network, and its loss."""
    chain = _chain(jax, workload.layers, "")

    def forward(weights: dict[str, Any], x: Any) -> Any:
        return chain(weights, x.transpose(0, 2, 3, 1) if x.ndim == 4 else x)

    return forward, partial(look_up(_LOSSES, workload.loss, "JAX"), jax)


def _chain(jax: Any, rows: Sequence[Row], prefix: str) -> Apply:
    layers = [_layer(jax, each, f"{prefix}{number}.") for number, each in enumerate(rows)]

    def forward(weights: dict[str, Any], x: Any) -> Any:
        for layer in layers:
            x = layer(weights, x)
        return x

    return forward


def _layer(jax: Any, row: Row, prefix: str) -> Apply:
    if row["name"] == "Residual":
        inside = _chain(jax, row["layers"], prefix)
        return lambda weights, x: x + inside(weights, x)
    function = look_up(_LAYERS, row["name"], "JAX")

    def apply(weights: dict[str, Any], x: Any) -> Any:
        own = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
        return function(jax, own, x, **settings(row))

    return apply


def _linear(jax: Any, own: Any, x: Any, **sizes: int) -> Any:
    return x @ own["weight"].T + own["bias"]


def _convolution(jax: Any, own: Any, x: Any, padding: int, **sizes: int) -> Any:
    pads = ((padding, padding), (padding, padding))
    kernel, layout = own["weight"].transpose(2, 3, 1, 0), ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), pads, dimension_numbers=layout) + own["bias"]


def _max_pool(jax: Any, own: Any, x: Any, kernel_size: int) -> Any:
    side, (N, H, W, C) = kernel_size, x.shape
    cut = x[:, : H // side * side, : W // side * side]
    return cut.reshape(N, H // side, side, W // side, side, C).max(axis=(2, 4))


def _flatten(jax: Any, own: Any, x: Any) -> Any:
    """In the order of PyTorch, whose weights lie behind: channels first."""
    return (x.transpose(0, 3, 1, 2) if x.ndim == 4 else x).reshape(x.shape[0], -1)


def _lstm(jax: Any, own: Any, x: Any, hidden_size: int, **sizes: int) -> Any:
    """The input products of all steps at once, before the scan over time."""
    np, sigmoid = jax.numpy, jax.nn.sigmoid
    inputs = x.transpose(1, 0, 2) @ own["weight_ih_l0"].T + (own["bias_ih_l0"] + own["bias_hh_l0"])
    W = own["weight_hh_l0"].T

    def step(state: tuple[Any, Any], z: Any) -> tuple[tuple[Any, Any], Any]:
        h, c = state
        i, f, g, o = np.split(z + h @ W, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        return (h, c), h

    start = np.zeros((x.shape[0], hidden_size), x.dtype)
    return jax.lax.scan(step, (start, start), inputs)[1].transpose(1, 0, 2)


def _attention(jax: Any, own: Any, x: Any, num_heads: int, causal: bool, **sizes: int) -> Any:
    N, T, D = x.shape
    mixed = x @ own["in_proj_weight"].T + own["in_proj_bias"]
    q, k, v = (each.reshape(N, T, num_heads, -1) for each in jax.numpy.split(mixed, 3, axis=-1))
    scores = jax.numpy.einsum("nqhd,nkhd->nhqk", q, k) / math.sqrt(D // num_heads)
    if causal:
        scores = jax.numpy.where(jax.numpy.tri(T, dtype=bool), scores, -jax.numpy.inf)
    y = jax.numpy.einsum("nhqk,nkhd->nqhd", jax.nn.softmax(scores), v).reshape(N, T, D)
    return y @ own["out_proj.weight"].T + own["out_proj.bias"]


def _layer_norm(jax: Any, own: Any, x: Any, **sizes: int) -> Any:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + 1e-5) * own["weight"] + own["bias"]


_LAYERS: dict[str, Callable[..., Any]] = {
    "Linear": _linear,
    "Tanh": lambda jax, own, x: jax.numpy.tanh(x),
    "ReLU": lambda jax, own, x: jax.nn.relu(x),
    "GELU": lambda jax, own, x: jax.nn.gelu(x, approximate=False),
    "Conv2d": _convolution,
    "MaxPool2d": _max_pool,
    "Flatten": _flatten,
    "Embedding": lambda jax, own, x, **sizes: own["weight"][x],
    "PositionalEmbedding": lambda jax, own, x, **sizes: x + own["weight"][: x.shape[1]],
    "LSTM": _lstm,
    "MultiheadAttention": _attention,
    "LayerNorm": _layer_norm,
}


def _binary_cross_entropy(jax: Any, y: Any, t: Any) -> Any:
    return (jax.numpy.logaddexp(0, y) - t * y).mean()


def _cross_entropy(jax: Any, y: Any, t: Any) -> Any:
    """The classes are the last axis; a sequence has a label at every step."""
    log_p = jax.nn.log_softmax(y)
    return -jax.numpy.take_along_axis(log_p, t[..., None], axis=-1).mean()


_LOSSES: dict[str, Any] = {"BCEWithLogitsLoss": _binary_cross_entropy, "CrossEntropyLoss": _cross_entropy}
