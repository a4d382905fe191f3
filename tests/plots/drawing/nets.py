"""The networks that drawings are tried on: the test set, and some that are drawn by lot."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.models import char_lstm, factorization, gpt, lenet, resnet
from layerwise.network import Container
from layerwise.types import Shape

Case = tuple[Callable[[], lw.Network], Shape | None]


def mlp(*sizes: int) -> lw.Network:
    layers: list[Any] = []
    for one, other in pairwise(sizes):
        layers += [lw.Linear(one, other), lw.Tanh()]
    return lw.Network(*layers[:-1])


def blocks(count: int) -> lw.Network:
    """A residual network of equal blocks."""
    row = [lw.Residual(lw.Linear(16, 16), lw.ReLU(), lw.Linear(16, 16)) for _ in range(count)]
    return lw.Network(lw.Linear(8, 16), *row, lw.Linear(16, 1))


def shared() -> lw.Network:
    layer = lw.Linear(4, 4)
    return lw.Network(lw.Linear(4, 4), layer, lw.Tanh(), lw.Linear(4, 4), layer, lw.Linear(4, 1))


def two_branches(combine: str = "concatenate") -> lw.Network:
    ways = lw.Sequential(lw.Linear(6, 3), lw.ReLU(), lw.Linear(3, 3)), lw.Linear(6, 3)
    return lw.Network(lw.Parallel(*ways, combine=combine), lw.Linear(6 if combine == "concatenate" else 3, 1))


def attention() -> lw.Network:
    return lw.Network(lw.Residual(lw.LayerNorm(8), lw.MultiheadAttention(8, 2, causal=True)), lw.Linear(8, 3))


TEST_SET: dict[str, Case] = {
    "MLP 3-3-1": (lambda: lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1), lw.Sigmoid()), None),
    "LeNet": (lenet, (1, 28, 28)),
    "12 residual blocks": (lambda: blocks(12), None),
    "a shared layer": (shared, None),
    "two branches": (two_branches, None),
    "two branches, added": (lambda: two_branches("add"), None),
    "LSTM, T = 5": (lambda: lw.Network(lw.LSTM(4, 8), lw.Linear(8, 1)), (5, 4)),
    "LSTM, T = 200": (lambda: lw.Network(lw.LSTM(4, 8), lw.Linear(8, 1)), (200, 4)),
    "attention": (attention, None),
    "1 unit": (lambda: mlp(1, 1), None),
    "10,000 units": (lambda: lw.Network(lw.Linear(10_000, 1), lw.Tanh(), lw.Linear(1, 10_000)), None),
    "deep and narrow": (lambda: mlp(*[4] * 31), None),
    "ResNet": (resnet, (1, 28, 28)),
    "GPT": (lambda: gpt(50, blocks=3), None),
    "recommender": (lambda: factorization(30, 50), None),
    "characters": (lambda: char_lstm(50, layers=2), None),
    "both directions": (
        lambda: lw.Network(lw.LSTM(4, 8, 3, bidirectional=True), lw.GRU(16, 4, 2, output="last"), lw.Linear(4, 1)),
        None,
    ),
    "any shape": (lambda: lw.Network(lw.Dropout(0.5), lw.Softmax()), None),
    "long names": (
        lambda: lw.Network(lw.Conv2d(3, 4, (3, 5), stride=(2, 1), padding=(1, 2), dilation=(2, 2), bias=False)),
        None,
    ),
}


class Star(Container):
    """A learner's own container, which says nothing of its wiring."""

    def inputs(self, shape: Shape | None) -> Any:
        return ((name, layer, shape) for name, layer in self.children())

    def forward(self, x: Any, pass_: Any) -> Any:
        return pass_.take(self.layers[0], x)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return self.layers[0].output_shape(shape)


def drawn_by_lot(seed: int) -> lw.Network:
    """A network of 5 features in and out at every place, nested up to three deep."""
    rng = np.random.default_rng(seed)
    known: list[lw.layers.Layer] = []

    def layer(depth: int) -> lw.layers.Layer:
        pick = rng.integers(0, 10 if depth < 3 else 5)
        if pick < 2:
            known.append(lw.Linear(5, 5))
            return known[-1]
        if pick == 2:
            return [lw.ReLU(), lw.Tanh(), lw.Dropout(0.1), lw.LayerNorm(5)][rng.integers(4)]
        if pick == 3 and known:
            return known[rng.integers(len(known))]
        if pick == 4:
            return lw.Linear(5, 5, bias=False)
        inside = [layer(depth + 1) for _ in range(rng.integers(1, 4))]
        if pick == 5:
            return lw.Residual(*inside)
        if pick == 6:
            return lw.Residual(*inside, shortcut=layer(depth + 1))
        if pick == 7:
            return lw.Parallel(*inside, combine=["add", "multiply"][rng.integers(2)])
        if pick == 8:
            return lw.Sequential(lw.Parallel(*inside), lw.Linear(5 * len(inside), 5))
        return Star(*inside)

    return lw.Network(*[layer(0) for _ in range(rng.integers(1, 6))])
