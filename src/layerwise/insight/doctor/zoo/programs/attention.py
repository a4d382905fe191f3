"""Healthy programs with attention, as a learner writes them."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen, balanced
from layerwise.layers import Pass
from layerwise.types import Array, Backward


class OwnAttention(lw.MultiheadAttention):
    """Attention that brings its input into the order of axes that it works in, and its output back."""

    def __init__(self, embed_dim: int, num_heads: int, axes: tuple[int, int, int]) -> None:
        super().__init__(embed_dim, num_heads)
        self.axes = axes

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        y, back = super().forward(np.ascontiguousarray(x.transpose(self.axes)), pass_)

        def backward(dy: Array) -> Array | None:
            dx = back(np.ascontiguousarray(dy.transpose(self.axes)))
            return None if dx is None else dx.transpose(self.axes)

        return np.ascontiguousarray(y.transpose(self.axes)), backward


def look_up(draw: Draw) -> Specimen:
    """Which token stands at a certain place? Two blocks of attention with 1 or 2 heads, 16 or 24 features."""
    table = tables.tokens(draw)
    train, validation, test = table[:3]
    width, heads = draw.one_of([16, 24]), draw.whole(1, 2)
    T = table.train.x.shape[1]
    places = lw.PositionalEmbedding(T, width)
    blocks: list[lw.Layer] = []
    for _ in range(2):
        attention = OwnAttention(width, heads, axes=(0, 1, 2))
        blocks += [lw.Residual(lw.LayerNorm(width), attention)]
        blocks += [
            lw.Residual(lw.LayerNorm(width), lw.Linear(width, 2 * width), lw.ReLU(), lw.Linear(2 * width, width))
        ]
    last: list[lw.Layer] = [lw.LayerNorm(width), lw.Select(-1, dim=1), lw.Linear(width, table.classes)]
    net = lw.Network(lw.Embedding(table.features, width), places, *blocks, *last, seed=draw.seed)
    optimizer = lw.Adam(lr=0.005)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=20, batch_size=32, validation=validation)
    return Specimen(patient, test)


def plain_look_up(draw: Draw) -> Specimen:
    """The same with the attention of the library, one block or two."""
    table = tables.tokens(draw)
    train, validation, test = table[:3]
    width, heads = draw.one_of([16, 24]), draw.whole(1, 2)
    T = table.train.x.shape[1]
    layers: list[lw.Layer] = [lw.Embedding(table.features, width), lw.PositionalEmbedding(T, width)]
    for _ in range(draw.whole(1, 2)):
        layers += [lw.Residual(lw.LayerNorm(width), lw.MultiheadAttention(width, heads))]
        layers += [
            lw.Residual(lw.LayerNorm(width), lw.Linear(width, 2 * width), lw.ReLU(), lw.Linear(2 * width, width))
        ]
    layers += [lw.LayerNorm(width), lw.Select(-1, dim=1), lw.Linear(width, table.classes)]
    net = lw.Network(*layers, seed=draw.seed)
    rate = draw.number(0.003, 0.006)
    optimizer = lw.Adam(lr=rate)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=20, batch_size=32, validation=validation)
    return Specimen(patient, test)


def write_on(draw: Draw) -> Specimen:
    """What comes next? At every step of a text that mostly goes the same ways, by causal attention, two blocks."""
    table = tables.chains(draw)
    train, validation, test = table[:3]
    width, T = draw.one_of([24, 32]), table.train.x.shape[1]
    layers: list[lw.Layer] = [lw.Embedding(table.features, width), lw.PositionalEmbedding(T, width)]
    for _ in range(2):
        attention = lw.MultiheadAttention(width, 2, causal=True)
        layers += [lw.Residual(lw.LayerNorm(width), attention)]
        layers += [
            lw.Residual(lw.LayerNorm(width), lw.Linear(width, 2 * width), lw.ReLU(), lw.Linear(2 * width, width))
        ]
    net = lw.Network(*layers, lw.LayerNorm(width), lw.Linear(width, table.classes), seed=draw.seed)
    patient = Patient(
        net, train, lw.CrossEntropyLoss(), lw.Adam(lr=0.005), epochs=30, batch_size=32, validation=validation
    )
    return Specimen(patient, test, continues)


def continues(net: lw.Network, x: Array, target: Array) -> float:
    """The skill of saying the last token of each text, of which only the beginning is there: nobody knows the end."""
    half = x.shape[1] * 3 // 4
    return balanced(net(x[:, :half])[:, -1].argmax(axis=1), target[:, half - 1])
