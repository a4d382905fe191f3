"""Attention: every step of a sequence looks at the others, and takes a weighted mean of what they have to say.

Each step asks a question (its query q), and each says what it answers to (its key k) and what it answers (its value
v). How well a key fits a query is their product; softmax turns the fits into weights of sum 1. Several heads do this
side by side, each on its own d of the D features.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from layerwise.formulas.affine import linear
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


class Attention(NamedTuple):
    """What attention returns: the output, and the weights behind it, before dropout."""

    y: Array
    weights: Array


@formula(
    r"y = A v, \quad A = \mathrm{softmax}\!\left(\frac{q k^\top}{\sqrt d}\right)",
    q="(N, heads, T, d)",
    k="(N, heads, S, d)",
    v="(N, heads, S, d)",
    mask="(N or 1, heads or 1, T or 1, S or 1)",
    dropout="(N or 1, heads or 1, T or 1, S or 1)",
    y="(N, heads, T, d)",
    weights="(N, heads, T, S)",
    constants=("mask", "dropout"),
    sample="attention_samples",
    source="Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.2",
)
def attention(q: Array, k: Array, v: Array, mask: Array, dropout: Array) -> Differentiable:
    """Scaled dot-product attention: the output of step t is the mean of the values v_s, weighted by A_ts.

    The products of d random terms have a standard deviation of √d; divided by it, they leave softmax where it has a
    slope. mask: True where step t may look at step s; `np.tri(T, dtype=bool)` is causal: nobody looks ahead. A step
    that may look at nothing has the weights 0 and the output 0, and passes no gradient on, as in torch's
    scaled_dot_product_attention; softmax alone would make it NaN, which then spreads to all that is learnt. dropout:
    what each weight is multiplied with: 1, or with dropout of probability p either 0 or 1/(1 - p).
    Backward: through the product A v to both factors, through softmax, and through the product q kᵀ to both factors.

    >>> import numpy as np
    >>> q = k = np.array([[[[4.0, 0.0], [0.0, 4.0]]]])          # each step asks for itself
    >>> value, _ = attention(q, k, np.array([[[[1.0], [2.0]]]]), np.tri(2, dtype=bool), np.ones(1))
    >>> value.weights[0, 0].round(3)
    array([[1., 0.],
           [0., 1.]])
    >>> value.y[0, 0].round(3)
    array([[1.],
           [2.]])
    """
    scale = 1 / math.sqrt(q.shape[-1])
    scores = np.where(mask, scale * (q @ k.swapaxes(-1, -2)), -np.inf)  # (N, heads, T, S)
    top = scores.max(axis=-1, keepdims=True, initial=np.finfo(scores.dtype).min)  # finite, also where all is masked
    e = np.exp(scores - top)
    total = np.maximum(e.sum(axis=-1, keepdims=True), 1)  # the largest term is e⁰: only an empty sum is below 1
    weights = e / total
    A = weights * dropout
    y = A @ v  # (N, heads, T, d)

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dA = dy @ v.swapaxes(-1, -2)
        dv = A.swapaxes(-1, -2) @ dy
        dweights = dA * dropout
        dscores = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
        dq = scale * (dscores @ k)
        dk = scale * (dscores.swapaxes(-1, -2) @ q)
        return dq, dk, dv

    return Attention(y, weights), backward


@formula(
    r"y = [y_1 \dots y_h] W_o^\top + b_o, \quad y_i = \mathrm{attention}(q_i, k_i, v_i), \quad "
    r"[q\,k\,v] = x W_i^\top + b_i",
    x="(N, T, D)",
    W_in="(3 D, D)",
    b_in="(3 D,)",
    W_out="(D, D)",
    b_out="(D,)",
    heads="()",
    mask="(N or 1, heads or 1, T or 1, T or 1)",
    dropout="(N or 1, heads or 1, T or 1, T or 1)",
    y="(N, T, D)",
    weights="(N, heads, T, T)",
    constants=("heads", "mask", "dropout"),
    sample="multihead_samples",
    source="Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.2.2",
)
def multihead_attention(
    x: Array, W_in: Array, b_in: Array, W_out: Array, b_out: Array, heads: int, mask: Array, dropout: Array
) -> Differentiable:
    """Self-attention with several heads: queries, keys and values are affine maps of x, and so is what comes out.

    W_in holds the maps to q, k and v one below the other; head i has the features i d to (i + 1) d of each, where
    d = D / heads. mask, dropout: as for `attention`.
    Backward: from the end to the beginning, each part by its own backward. `backward(dy, input_gradient=False)` leaves
    out dx (it is None).

    >>> import numpy as np
    >>> x = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    >>> W = np.vstack([5 * np.eye(2), np.eye(2), np.eye(2)])     # ask for oneself, answer with oneself
    >>> settings = {"heads": 1, "mask": np.ones((1, 1, 1, 1), bool), "dropout": np.ones(1)}
    >>> value, _ = multihead_attention(x, W, np.zeros(6), np.eye(2), np.zeros(2), **settings)
    >>> value.y[0].round(2)
    array([[0.97, 0.03],
           [0.03, 0.97]])
    """
    N, T, D = x.shape
    d = D // heads
    projected, project_backward = linear(x.reshape(N * T, D), W_in, b_in)  # (N T, 3 D)
    q, k, v = projected.reshape(N, T, 3, heads, d).transpose(2, 0, 3, 1, 4)  # (N, heads, T, d) each
    (each, weights), attention_backward = attention(q, k, v, mask, dropout)
    joined = each.transpose(0, 2, 1, 3).reshape(N * T, D)
    out, out_backward = linear(joined, W_out, b_out)
    y = out.reshape(N, T, D)

    def backward(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array, Array, Array]:
        djoined, dW_out, db_out = out_backward(dy.reshape(N * T, D))
        deach = djoined.reshape(N, T, heads, d).transpose(0, 2, 1, 3)
        parts = np.stack(attention_backward(deach))  # (3, N, heads, T, d)
        dprojected = parts.transpose(1, 3, 0, 2, 4).reshape(N * T, 3 * D)
        drows, dW_in, db_in = project_backward(dprojected, input_gradient)
        dx = drows.reshape(N, T, D) if input_gradient else None
        return dx, dW_in, db_in, dW_out, db_out

    return Attention(y, weights), backward


# What the formulas are tried on.


def attention_samples(rng: Generator) -> Iterator[Case]:
    everything, nothing_dropped = np.ones((1, 1, 1, 1), bool), np.ones((1, 1, 1, 1))

    def case(n: int, heads: int, t: int, s: int, d: int, mask: Array, dropout: Array) -> Case:
        q, k, v = (rng.normal(size=(n, heads, length, d)) for length in (t, s, s))
        return smooth(q=q, k=k, v=v, mask=mask, dropout=dropout)

    for sizes in [(1, 1, 1, 1, 1), (1, 1, 4, 4, 3), (3, 2, 1, 1, 2), (2, 3, 5, 5, 1), (2, 1, 2, 4, 3)]:
        yield case(*sizes, everything, nothing_dropped)
    yield case(2, 2, 5, 5, 3, np.tri(5, dtype=bool)[None, None], nothing_dropped)
    real = np.array([[True, True, True, False], [True, False, False, False], [False] * 4])[:, None, None, :]
    yield case(3, 2, 4, 4, 2, real & np.tri(4, dtype=bool), nothing_dropped)
    yield case(2, 2, 3, 3, 2, everything, 1.25 * (rng.random((2, 2, 3, 3)) < 0.8))


def multihead_samples(rng: Generator) -> Iterator[Case]:
    everything, nothing_dropped = np.ones((1, 1, 1, 1), bool), np.ones((1, 1, 1, 1))

    def case(n: int, t: int, heads: int, d: int, mask: Array, dropout: Array) -> Case:
        D = heads * d
        W_in, b_in = rng.normal(size=(3 * D, D)) / math.sqrt(D), rng.normal(size=3 * D)
        W_out, b_out = rng.normal(size=(D, D)) / math.sqrt(D), rng.normal(size=D)
        x = rng.normal(size=(n, t, D))
        return smooth(x=x, W_in=W_in, b_in=b_in, W_out=W_out, b_out=b_out, heads=heads, mask=mask, dropout=dropout)

    for sizes in [(1, 1, 1, 1), (1, 4, 1, 3), (3, 1, 2, 1), (2, 5, 1, 2)]:
        yield case(*sizes, everything, nothing_dropped)
    yield case(2, 5, 2, 2, np.tri(5, dtype=bool)[None, None], nothing_dropped)
    real = np.array([[True, True, True], [True, False, False]])[:, None, None, :]
    yield case(2, 3, 3, 1, real, 1.25 * (rng.random((2, 3, 3, 3)) < 0.8))
