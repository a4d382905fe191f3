"""Only the matrix products of a training step, in NumPy: what no network on the same BLAS can undercut by much.

Activations, loss, biases and update are left out, and so is the gradient at the input of the first layer, which nobody
needs. Each product's result lands in an array that is there already, where the next one finds it. A convolution is the
product of its weights with the columns that `im2col` would lay out; the laying out, and everything else that is no
product, is left out, so what it would write holds random numbers. The recurrent products of an LSTM come one step after
the other, as they must.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from benchmarks.contenders import Trainee
from benchmarks.rows import Row, addressed
from benchmarks.workloads import Workload
from layerwise.types import Array

Product: TypeAlias = tuple[Array, Array, Array]
"""Two factors, and where their product goes."""
Back: TypeAlias = Callable[[Array], tuple[list[Product], list[Product], Array]]
"""From the gradient at the output to the products for the weights, those for the input, and the gradient there."""
Made: TypeAlias = tuple[Array, list[Product], Back]
"""The output, the products that make it, and the way back."""


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    x, _ = workload.batches(seed=0, round_number=0, count=1)[0]
    products = of_step(workload, x)

    def step(fresh: Array, t: Array) -> None:
        for a, b, out in products:
            np.matmul(fresh if a is x else a, fresh if b is x else b, out=out)

    return Trainee(step, convert=lambda x, t: (x, t), read=lambda nothing: None, about=blas())


def of_step(workload: Workload, x: Array) -> list[Product]:
    """The products of one training step on the input x, forward and backward."""
    forward: list[Product] = []
    backs: list[Back] = []
    for _, row in addressed(workload.layers):
        x, products, back = _KINDS.get(row["name"], _nothing)(row, x)
        forward += products
        backs.append(back)
    dx, backward = _new(*x.shape), []
    for number, back in reversed(list(enumerate(backs))):
        for_weights, for_input, dx = back(dx)
        backward += for_weights + (for_input if number else [])
    return forward + backward


def _new(*shape: int) -> Array:
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def _nothing(row: Row, x: Array) -> Made:
    return x, [], lambda dy: ([], [], dy)


def _affine(x: Array, K: int) -> Made:
    """x: (M, D), y: (M, K), for M samples, or steps of sequences."""
    M, D = x.shape
    W, y, dW, dx = _new(K, D), _new(M, K), _new(K, D), _new(M, D)
    return y, [(x, W.T, y)], lambda dy: ([(dy.T, x, dW)], [(dy, W, dx)], dx)


def _linear(row: Row, x: Array) -> Made:
    D, K = row["in_features"], row["out_features"]
    y, forward, flat_back = _affine(x if x.ndim == 2 else x.reshape(-1, D), K)

    def back(dy: Array) -> tuple[list[Product], list[Product], Array]:
        for_weights, for_input, dx = flat_back(dy.reshape(-1, K))
        return for_weights, for_input, dx.reshape(x.shape)

    return y.reshape(*x.shape[:-1], K), forward, back


def _convolution(row: Row, x: Array) -> Made:
    """One product for the whole batch: a row for each channel and place of the kernel, a column for each place."""
    N, C, H, W = x.shape
    K, side = row["out_channels"], row["kernel_size"]
    rows, columns = C * side * side, N * H * W
    kernel, laid_out, y = _new(K, rows), _new(rows, columns), _new(K, columns)
    dkernel, dlaid_out, dy = _new(K, rows), _new(rows, columns), _new(K, columns)
    for_weights, for_input = [(dy, laid_out.T, dkernel)], [(kernel.T, dy, dlaid_out)]
    return _new(N, K, H, W), [(kernel, laid_out, y)], lambda _: (for_weights, for_input, _new(*x.shape))


def _max_pool(row: Row, x: Array) -> Made:
    N, C, H, W = x.shape
    side = row["kernel_size"]
    return _new(N, C, H // side, W // side), [], lambda dy: ([], [], _new(*x.shape))


def _flatten(row: Row, x: Array) -> Made:
    return x.reshape(len(x), -1), [], lambda dy: ([], [], dy.reshape(x.shape))


def _embedding(row: Row, x: Array) -> Made:
    return _new(*x.shape, row["embedding_dim"]), [], lambda dy: ([], [], dy)


def _lstm(row: Row, x: Array) -> Made:
    """The products with the inputs of all steps at once, those with the states step by step."""
    N, T, D = x.shape
    H = row["hidden_size"]
    _, forward, back_at_input = _affine(x.reshape(-1, D), 4 * H)
    W, z, dz = _new(4 * H, H), _new(N, 4 * H), _new(T, N, 4 * H)
    h, dh, dW = _new(T, N, H), _new(N, H), _new(4 * H, H)
    forward += [(h[t], W.T, z) for t in range(T)]

    def back(dy: Array) -> tuple[list[Product], list[Product], Array]:
        gates = dz.reshape(-1, 4 * H)
        for_weights, for_input, dx = back_at_input(gates)
        onward = [(dz[t], W, dh) for t in reversed(range(T))]
        return [*onward, *for_weights, (gates.T, h.reshape(-1, H), dW)], for_input, dx.reshape(x.shape)

    return _new(N, T, H), forward, back


def _attention(row: Row, x: Array) -> Made:
    """The two projections, and between them two products for each head, (T, D/heads) with its like."""
    N, T, D = x.shape
    heads = row["num_heads"]
    shape, square = (N, heads, T, D // heads), (N, heads, T, T)
    _, ins, back_ins = _affine(x.reshape(-1, D), 3 * D)
    q, k, v, mixed = (_new(*shape) for _ in range(4))
    dq, dk, dv, dmixed = (_new(*shape) for _ in range(4))
    scores, weights, dscores, dweights = (_new(*square) for _ in range(4))
    y, outs, back_outs = _affine(_new(N * T, D), D)

    def turned(each: Array) -> Array:
        return each.swapaxes(-1, -2)

    def back(dy: Array) -> tuple[list[Product], list[Product], Array]:
        for_outs, from_outs, _ = back_outs(dy.reshape(-1, D))
        for_ins, for_input, dx = back_ins(_new(N * T, 3 * D))
        inner = [
            (dmixed, turned(v), dweights),
            (turned(weights), dmixed, dv),
            (dscores, k, dq),
            (turned(dscores), q, dk),
        ]
        return [*for_outs, *from_outs, *inner, *for_ins], for_input, dx.reshape(x.shape)

    inner = [(q, turned(k), scores), (weights, v, mixed)]
    return y.reshape(x.shape), [*ins, *inner, *outs], back


_KINDS: dict[str, Callable[[Row, Array], Made]] = {
    "Linear": _linear,
    "Conv2d": _convolution,
    "MaxPool2d": _max_pool,
    "Flatten": _flatten,
    "Embedding": _embedding,
    "LSTM": _lstm,
    "MultiheadAttention": _attention,
}


def blas() -> dict[str, Any]:
    """NumPy's version, and the threads of the library behind its products."""
    libraries = importlib.import_module("threadpoolctl").threadpool_info()  # it has no types to import by name
    pools = [each for each in libraries if each["user_api"] == "blas"]
    about: dict[str, Any] = {"numpy": np.__version__}
    if pools:
        library = f"{pools[0]['internal_api']} {pools[0]['version']} {pools[0].get('architecture', '')}"
        about |= {"blas": library.strip(), "threads": pools[0]["num_threads"]}
    return about
