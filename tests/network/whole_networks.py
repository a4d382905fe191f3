"""The table of whole networks whose gradients are held against finite differences: everything that comes together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.layers import Layer
from layerwise.losses import Loss
from layerwise.random import generator
from layerwise.regularizers import Regularizer


@dataclass(frozen=True)
class Whole:
    """A network on its way through a training step.

    layers: fresh ones. x: an input, one sample a row. loss, target, weight: as `loss(output, target, weight)`.
    training: whether dropout drops (the mask is that of step 0) and batches are normalised by themselves.
    regularizer, clip_norm, clip_value: as for `fit`. settings: further arguments of Network; given: of its `forward`.
    still: the name of a parameter whose row 0 is that of padding, and by definition not learnt, whatever its slope.
    """

    layers: Callable[[], list[Layer]]
    x: Any
    loss: Loss
    target: Any
    weight: Any = None
    training: bool = True
    regularizer: Regularizer | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    still: str | None = None


def numbers(*shape: int, seed: int = 0) -> Any:
    return generator(seed, "whole networks").normal(size=shape)


def shares(*shape: int) -> Any:
    """Rows of probabilities."""
    e = np.exp(numbers(*shape, seed=5))
    return e / e.sum(axis=-1, keepdims=True)


X = numbers(6, 4)
LABELS = np.array([0, 2, 1, 1, 0, 2])
QUANTITIES = numbers(6, 2, seed=1)
YES = np.array([[1.0], [0.0], [0.25], [1.0], [0.0], [1.0]])
CE, MSE = lw.CrossEntropyLoss(), lw.MSELoss()


def _mlp(activation: Callable[[], Layer], outputs: int = 3) -> Callable[[], list[Layer]]:
    return lambda: [lw.Linear(4, 7), activation(), lw.Linear(7, 5), activation(), lw.Linear(5, outputs)]


def _shared() -> list[Layer]:
    again = lw.Linear(4, 4)
    return [again, lw.Tanh(), again, lw.Sigmoid(), lw.Linear(4, 3), lw.Softplus()]


def _everything() -> list[Layer]:
    return [
        lw.Linear(4, 8), lw.BatchNorm1d(8), lw.GELU(), lw.Dropout(0.3),
        lw.Linear(8, 6), lw.LayerNorm(6), lw.SiLU(), lw.Dropout(0.2), lw.Linear(6, 3),
    ]  # fmt: skip


DENSE = {
    "softmax regression": Whole(lambda: [lw.Linear(4, 3)], X, CE, LABELS),
    "tanh": Whole(_mlp(lw.Tanh), X, CE, LABELS),
    "relu with L2": Whole(_mlp(lw.ReLU), X, CE, LABELS, regularizer=lw.L2(0.05)),
    "leaky relu with L1": Whole(_mlp(lw.LeakyReLU), X, CE, LABELS, regularizer=lw.L1(0.02)),
    "elu, huber": Whole(_mlp(lw.ELU, 2), X, lw.HuberLoss(delta=0.5), QUANTITIES),
    "gelu, norm clipped": Whole(_mlp(lw.GELU, 2), X, MSE, QUANTITIES, clip_norm=0.1),
    "gelu by tanh, values clipped": Whole(_mlp(lambda: lw.GELU("tanh"), 2), X, MSE, QUANTITIES, clip_value=0.05),
    "silu with L1, norm clipped": Whole(_mlp(lw.SiLU), X, CE, LABELS, regularizer=lw.L1(0.05), clip_norm=0.2),
    "softplus, absolute error": Whole(_mlp(lw.Softplus, 2), X, lw.L1Loss(), QUANTITIES),
    "yes or no, weighted samples": Whole(_mlp(lw.Sigmoid, 1), X, lw.BCEWithLogitsLoss(), YES, weight=np.arange(1.0, 7)),
    "yes or no by probabilities": Whole(lambda: [*_mlp(lw.Tanh, 1)(), lw.Sigmoid()], X, lw.BCELoss(), YES),
    "log-softmax, class weights": Whole(
        lambda: [*_mlp(lw.Tanh)(), lw.LogSoftmax()], X, lw.NLLLoss([1, 2, 0.5]), LABELS
    ),
    "label smoothing, an ignored label": Whole(
        _mlp(lw.Tanh), X, lw.CrossEntropyLoss([1, 2, 0.5], ignore_index=2, label_smoothing=0.1), LABELS
    ),
    "soft targets": Whole(_mlp(lw.ELU), X, lw.CrossEntropyLoss(label_smoothing=0.2), shares(6, 3)),
    "softmax inside": Whole(lambda: [lw.Linear(4, 5), lw.Softmax(), lw.Linear(5, 2)], X, MSE, QUANTITIES),
    "batch normalisation": Whole(
        lambda: [lw.Linear(4, 6), lw.BatchNorm1d(6), lw.ReLU(), lw.Linear(6, 5), lw.BatchNorm1d(5), lw.Linear(5, 3)],
        X, CE, LABELS, regularizer=lw.L2(0.1),
    ),
    "batch normalisation in evaluation": Whole(
        lambda: [lw.Linear(4, 6), lw.BatchNorm1d(6), lw.Tanh(), lw.Linear(6, 3)], X, CE, LABELS, training=False
    ),
    "layer normalisation of one sample": Whole(
        lambda: [lw.Linear(4, 6), lw.LayerNorm(6), lw.ReLU(), lw.Linear(6, 3)], X[:1], CE, LABELS[:1]
    ),
    "dropout": Whole(
        lambda: [lw.Linear(4, 9), lw.ReLU(), lw.Dropout(0.5), lw.Linear(9, 6), lw.Dropout(0.2), lw.Linear(6, 3)],
        X, CE, LABELS,
    ),
    "a shared layer with L2": Whole(_shared, X, MSE, numbers(6, 3, seed=2), regularizer=lw.L2(0.05)),
    "rows in rows": Whole(
        lambda: [lw.Sequential(lw.Linear(4, 6), lw.Sequential(lw.Tanh(), lw.Linear(6, 6))), lw.ELU(), lw.Linear(6, 3)],
        X, CE, LABELS,
    ),
    "flattened pictures": Whole(
        lambda: [lw.Flatten(), lw.Linear(12, 5), lw.Tanh(), lw.Linear(5, 3)], numbers(6, 2, 3, 2), CE, LABELS
    ),
    "a class at every step": Whole(
        lambda: [lw.Linear(4, 6), lw.LayerNorm(6), lw.Tanh(), lw.Linear(6, 3)],
        numbers(2, 3, 4), CE, np.array([[0, 2, 1], [1, -100, 2]]),
    ),
    "everything": Whole(
        _everything, X, lw.CrossEntropyLoss([1, 2, 0.5], label_smoothing=0.1), LABELS,
        weight=np.arange(1.0, 7), regularizer=lw.L2(0.05), clip_norm=0.5, clip_value=0.1,
    ),
}  # fmt: skip

IMAGES = numbers(3, 2, 6, 5, seed=3)
SEQUENCES = numbers(3, 5, 4, seed=4)
WORDS = np.array([[3, 1, 4, 1, 0], [2, 6, 5, 0, 0], [1, 1, 2, 3, 5]])
"""Word 0 is padding."""
FIRST = np.array([0, 2, 1])
STEPS = np.array([[0, 2, 1, 1, -100], [1, 2, 0, -100, -100], [2, 2, 1, 0, 0]])


def _convolutional() -> list[Layer]:
    return [
        lw.Conv2d(2, 4, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2, padding=1),
        lw.Conv2d(4, 6, (2, 3), stride=(1, 2), padding=1, groups=2, bias=False), lw.GELU(), lw.AvgPool2d(2, 1),
        lw.Flatten(), lw.Linear(24, 3),
    ]  # fmt: skip


def _residual_convolutional() -> list[Layer]:
    block = lw.Residual(
        lw.Conv2d(2, 4, 3, stride=2, padding=1), lw.Tanh(), lw.Conv2d(4, 4, 3, padding="same"),
        shortcut=lw.Conv2d(2, 4, 1, stride=2),
    )  # fmt: skip
    return [block, lw.SiLU(), lw.AdaptiveAvgPool2d(1), lw.Flatten(), lw.Linear(4, 3)]


def _transformer() -> list[Layer]:
    return [
        lw.Embedding(7, 4, padding_idx=0, masks=True), lw.PositionalEmbedding(6, 4),
        lw.Residual(lw.LayerNorm(4), lw.MultiheadAttention(4, 2, dropout=0.2, causal=True)),
        lw.Residual(lw.LayerNorm(4), lw.Linear(4, 8), lw.GELU(), lw.Linear(8, 4)),
        lw.LayerNorm(4), lw.Linear(4, 7, bias=False),
    ]  # fmt: skip


DEEP = {
    "residual blocks with batch normalisation": Whole(
        lambda: [
            lw.Linear(4, 6), lw.Residual(lw.BatchNorm1d(6), lw.ReLU(), lw.Linear(6, 6)),
            lw.Residual(lw.Linear(6, 5), lw.Tanh(), shortcut=lw.Linear(6, 5)), lw.Linear(5, 3),
        ],
        X, CE, LABELS, regularizer=lw.L2(0.05),
    ),
    "a shared residual block": Whole(
        lambda: [(block := lw.Residual(lw.Linear(4, 4), lw.Tanh())), lw.ELU(), block, block, lw.Linear(4, 3)],
        X, CE, LABELS, clip_norm=0.3,
    ),
    "branches side by side": Whole(
        lambda: [
            lw.Parallel(lw.Linear(4, 3), lw.Sequential(lw.Linear(4, 2), lw.Tanh())),
            lw.Parallel(lw.Linear(5, 4), lw.Sequential(lw.Linear(5, 4), lw.Sigmoid()), combine="multiply"),
            lw.Linear(4, 3),
        ],
        X, CE, LABELS,
    ),
    "tied weights": Whole(
        lambda: [lw.Linear(4, 4), lw.Tanh(), lw.Linear(4, 4), lw.Softplus(), lw.Linear(4, 3)],
        X, CE, LABELS, regularizer=lw.L2(0.1), settings={"ties": {"2.weight": "0.weight"}},
    ),
    "convolutions and pools": Whole(_convolutional, IMAGES, CE, FIRST, regularizer=lw.L2(0.05)),
    "residual convolutions": Whole(_residual_convolutional, IMAGES, CE, FIRST, clip_norm=0.1),
    "convolutions of signals": Whole(
        lambda: [lw.Conv1d(5, 6, 3, dilation=2, padding=2), lw.ELU(), lw.Flatten(), lw.Linear(24, 3)],
        SEQUENCES, CE, FIRST,
    ),
    "two layers of RNN, both ways": Whole(
        lambda: [lw.RNN(4, 3, 2, dropout=0.3, bidirectional=True, output="last"), lw.Linear(6, 3)],
        SEQUENCES, CE, FIRST, regularizer=lw.L2(0.05), given={"lengths": [5, 2, 3]},
    ),
    "RNN with ReLU": Whole(
        lambda: [lw.RNN(4, 5, nonlinearity="relu"), lw.Linear(5, 3)], SEQUENCES, CE, STEPS, clip_norm=0.2
    ),
    "LSTM, a class at every step": Whole(
        lambda: [lw.LSTM(4, 5, 2, dropout=0.2), lw.LayerNorm(5), lw.Linear(5, 3)],
        SEQUENCES, lw.CrossEntropyLoss([1, 2, 0.5], label_smoothing=0.1), STEPS, given={"lengths": [4, 3, 5]},
    ),
    "LSTM on words, the last step": Whole(
        lambda: [lw.Embedding(7, 4, padding_idx=0, masks=True), lw.LSTM(4, 5, output="last"), lw.Linear(5, 3)],
        WORDS, CE, FIRST, clip_value=0.02, still="0.weight",
    ),
    "GRU, both ways": Whole(
        lambda: [lw.GRU(4, 3, bidirectional=True), lw.ReLU(), lw.GRU(6, 4, output="last"), lw.Linear(4, 2)],
        SEQUENCES, lw.HuberLoss(delta=0.5), numbers(3, 2, seed=6), regularizer=lw.L1(0.02),
    ),
    "attention with lengths": Whole(
        lambda: [lw.MultiheadAttention(4, 2), lw.LayerNorm(4), lw.Select(0, dim=1), lw.Linear(4, 3)],
        SEQUENCES, CE, FIRST, given={"lengths": [5, 2, 3]},
    ),
    "embedded words": Whole(
        lambda: [lw.Embedding(7, 4, padding_idx=0), lw.Flatten(), lw.Linear(20, 5), lw.Tanh(), lw.Linear(5, 3)],
        WORDS, CE, FIRST, still="0.weight",
    ),
    "a transformer with tied words": Whole(
        _transformer, WORDS, lw.CrossEntropyLoss(label_smoothing=0.1), np.where(STEPS < 0, STEPS, STEPS + 3),
        clip_norm=0.5, settings={"ties": {"5.weight": "0.weight"}}, still="0.weight",
    ),
}  # fmt: skip

NETWORKS = DENSE | DEEP
