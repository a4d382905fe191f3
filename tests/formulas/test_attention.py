"""Attention: what is shown as its weights, and its heads beside a loop over them."""

from __future__ import annotations

import numpy as np

from layerwise.formulas import attention, multihead_attention, softmax
from layerwise.random import generator

N, HEADS, T, D = 2, 2, 3, 4
rng = generator(0, "attention formulas")
x = rng.normal(size=(N, T, D))
maps = {"W_in": rng.normal(size=(3 * D, D)), "b_in": rng.normal(size=3 * D),
        "W_out": rng.normal(size=(D, D)), "b_out": rng.normal(size=D)}  # fmt: skip
causal = np.tri(T, dtype=bool)[None, None]
dropout = 1.25 * (rng.random((N, HEADS, T, T)) < 0.8)


def test_the_weights_are_those_before_dropout():
    """They say where a step looks; dropout hides some of it from the output alone."""
    q, k, v = rng.normal(size=(3, N, HEADS, T, D))
    value, _ = attention(q, k, v, causal, dropout)
    scores = np.where(causal, np.einsum("nhtd,nhsd->nhts", q, k) / np.sqrt(D), -np.inf)
    weights = softmax(scores.reshape(-1, T))[0].reshape(scores.shape)
    assert not dropout.all()
    np.testing.assert_allclose(value.weights, weights, rtol=1e-12)
    np.testing.assert_allclose(value.y, np.einsum("nhts,nhsd->nhtd", weights * dropout, v), rtol=1e-12)


def test_heads_are_attentions_on_their_own_features():
    value, _ = multihead_attention(x, **maps, heads=HEADS, mask=causal, dropout=dropout)
    q, k, v = np.split(x @ maps["W_in"].T + maps["b_in"], 3, axis=2)  # (N, T, D) each
    joined = []
    for i in range(HEADS):
        own = slice(i * D // HEADS, (i + 1) * D // HEADS)
        one = (part[:, None, :, own] for part in (q, k, v))
        (y, weights), _ = attention(*one, causal, dropout[:, i : i + 1])
        np.testing.assert_allclose(value.weights[:, i], weights[:, 0], rtol=1e-12)
        joined.append(y[:, 0])
    np.testing.assert_allclose(value.y, np.concatenate(joined, axis=2) @ maps["W_out"].T + maps["b_out"], rtol=1e-12)


def test_the_gradient_at_the_input_can_be_left_out():
    _, backward = multihead_attention(x, **maps, heads=HEADS, mask=causal, dropout=dropout)
    dy = rng.normal(size=x.shape)
    dx, *others = backward(dy)
    none, *same = backward(dy, input_gradient=False)
    assert dx.shape == x.shape
    assert none is None
    for one, other in zip(same, others, strict=True):
        assert one.tobytes() == other.tobytes()
