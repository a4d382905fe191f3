"""Attention: why its products are scaled, and what it does not see."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise import formulas
from layerwise.plots import lines
from layerwise.random import generator
from neural_networks.example import example, same

KEYS = 16


@example
def attention_scale() -> Axes:
    """Sixteen random keys: why are the products with a query divided by √d?"""
    sizes = 2 ** np.arange(0, 11)
    curves: dict[str, list[float]] = {"divided by √d": [], "as they are": []}
    for d in sizes:
        rng = generator(0, "scale", step=int(d))
        q, k = rng.normal(size=(1, 1, 500, d)), rng.normal(size=(1, 1, KEYS, d))
        for name, scale in (("divided by √d", 1.0), ("as they are", np.sqrt(d))):
            (_, weights), _ = formulas.attention(scale * q, k, k, np.ones((1, 1, 1, 1), bool), np.ones((1, 1, 1, 1)))
            curves[name].append(float(weights.max(axis=-1).mean()))
    e = np.exp(q[0, 0] @ k[0, 0].T - (q[0, 0] @ k[0, 0].T).max(axis=1, keepdims=True))
    same("weights by hand", e / e.sum(axis=1, keepdims=True), weights[0, 0])
    for name, largest in curves.items():
        print(f"  d = {sizes[-1]:,}, {name}: the largest of {KEYS} weights is {largest[-1]:.2f} in the mean")
    return lines(
        sizes, curves, log="x", title="Undivided, one key takes all, and softmax has no slope",
        labels=("features d (logarithmic)", "largest weight, mean of 500 queries"),
    )  # fmt: skip


LETTERS, EPOCHS = 6, 10


@example
def word_order() -> Axes:
    """Does A stand before B? Can attention tell, without positions and with them?"""
    x, y = _sequences(2000, "order")
    x_new, y_new = _sequences(1000, "new order")
    curves = {}
    for name, positions in {"without positions": [], "with positions": [lw.PositionalEmbedding(9, 16)]}.items():
        attention = [lw.Residual(lw.MultiheadAttention(16, 2)), lw.Residual(lw.MultiheadAttention(16, 2))]
        net = lw.Network(
            lw.Embedding(LETTERS + 1, 16), *positions, *attention, lw.Select(0, dim=1), lw.Linear(16, 2), seed=0
        )
        history = lw.fit(
            net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.003), epochs=EPOCHS, batch_size=50
        )
        curves[name] = history["train_loss"]
        print(f"  {name}: {(net(x_new).argmax(axis=1) == y_new).mean():.1%} of new sequences right")
    blind = lw.Network(lw.MultiheadAttention(16, 2), dtype="float64", seed=0)
    steps = generator(0, "steps").normal(size=(1, 9, 16))
    order = generator(0, "shuffle").permutation(9)
    same("shuffled steps, shuffled outputs", blind(steps)[:, order], blind(steps[:, order]))
    ax = lines(
        np.arange(1, EPOCHS + 1), curves, title="Attention sees a set; positions make it a sequence",
        labels=("epoch", "cross-entropy (nats)"),
    )  # fmt: skip
    ax.set_ylim(0, 0.8)
    return ax


def _sequences(n: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """A sign for the beginning and eight letters, one A (0) and one B (1) among them; and whether A comes first."""
    rng = generator(0, purpose)
    letters = rng.integers(2, LETTERS, size=(n, 8))
    places = np.argsort(rng.random((n, 8)), axis=1)[:, :2]  # two different ones
    np.put_along_axis(letters, places, np.array([[0, 1]]), axis=1)
    return np.hstack([np.full((n, 1), LETTERS), letters]), (places[:, 0] < places[:, 1]).astype(int)
