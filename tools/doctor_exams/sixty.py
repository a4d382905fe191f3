"""The sixty runs of exam C: dense, convolutional, recurrent and attention networks, some with nothing to learn."""

from __future__ import annotations

from functools import partial

from tools.doctor_exams.healthy import Healthy
from tools.doctor_exams.runs import (
    attend,
    by_hand,
    dense,
    drawn,
    lines,
    noise,
    on,
    own_loss,
    pictures,
    series,
    several_labels,
    small,
)

import layerwise as lw
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.programs import attention, images, sequences, yes_or_no

ADAM, SLOW_ADAM, FAST_ADAM = partial(lw.Adam, 0.005), partial(lw.Adam, 0.001), partial(lw.Adam, 0.02)
SGD, MOMENTUM = partial(lw.SGD, 0.1), partial(lw.SGD, 0.05, 0.9)
NESTEROV = partial(lw.SGD, 0.02, 0.9, nesterov=True)
RMSPROP, ADAGRAD, ADAMW = partial(lw.RMSprop, 0.003), partial(lw.Adagrad, 0.05), partial(lw.AdamW, 0.005)

DENSE = (
    ("digits, 64-32-10 ReLU, Adam", dense("digits", (32,), lw.ReLU, ADAM, 10)),
    ("digits, 64-64-32-10 tanh, momentum", dense("digits", (64, 32), lw.Tanh, MOMENTUM, 12)),
    ("digits, 64-48-10 sigmoid, RMSprop", dense("digits", (48,), lw.Sigmoid, RMSPROP, 15)),
    ("digits, 64-128-10 GELU, AdamW", dense("digits", (128,), lw.GELU, ADAMW, 6)),
    ("digits, batch normalisation", dense("digits", (48, 48), lw.ReLU, ADAM, 8, between=lambda n: [lw.BatchNorm1d(n)])),
    ("digits, dropout 0.3", dense("digits", (64,), lw.ReLU, ADAM, 15, between=lambda n: [lw.Dropout(0.3)])),
    ("digits, layer normalisation, SGD", dense("digits", (48,), lw.SiLU, SGD, 25, between=lambda n: [lw.LayerNorm(n)])),
    ("digits, no hidden layer", dense("digits", (), lw.ReLU, ADAM, 20)),
    ("digits, six layers from He", dense("digits", (32,) * 6, lw.ReLU, SLOW_ADAM, 20, init="he_normal")),
    ("iris, 4-8-3, SGD", dense("iris", (8,), lw.Tanh, SGD, 120, batch_size=16)),
    ("iris, 4-16-3, Adam", dense("iris", (16,), lw.ReLU, ADAM, 60, batch_size=16)),
    ("wine, 13-16-3, Adagrad", dense("wine", (16,), lw.ReLU, ADAGRAD, 20, batch_size=16)),
    ("wine, L2", dense("wine", (24,), lw.ReLU, ADAM, 15, batch_size=16, regularizer=lw.L2(1e-3))),
    ("breast cancer, Adam", dense("breast_cancer", (16,), lw.ReLU, SLOW_ADAM, 20)),
    ("breast cancer, Nesterov, float64", dense("breast_cancer", (12,), lw.Tanh, NESTEROV, 12, dtype="float64")),
    ("diabetes, 10-8-1, Adam", dense("diabetes", (8,), lw.Tanh, SLOW_ADAM, 60)),
    ("diabetes, a line", dense("diabetes", (), lw.Tanh, partial(lw.SGD, 0.02), 40)),
    ("moons, Adam", dense("moons", (16,), lw.Tanh, FAST_ADAM, 60)),
    ("circles, SGD", dense("circles", (16, 16), lw.Tanh, partial(lw.SGD, 0.3), 200)),
    ("spiral, Adam", dense("spiral", (32, 32), lw.Tanh, FAST_ADAM, 150)),
    ("rings of three, RMSprop", dense("rings", (32,), lw.ReLU, partial(lw.RMSprop, 0.01), 100)),
    ("blobs of four, a plane", dense("blobs", (), lw.ReLU, FAST_ADAM, 30, more={"classes": 4})),
    ("xor, leaky ReLU", dense("xor", (16,), lw.LeakyReLU, FAST_ADAM, 80)),
    ("checkerboard, clipped", dense("checkerboard", (48, 48), lw.ReLU, partial(lw.Adam, 0.01), 150, clip_norm=1.0)),
    ("sine, Adam, a schedule", dense("sine", (48, 48), lw.Tanh, partial(lw.Adam, 0.01), 150,
                                     schedule=lw.CosineAnnealingLR(T_max=150))),
    ("hills, ELU", dense("hills", (32, 32), lw.ELU, partial(lw.Adam, 0.01), 100)),
    ("three questions at once", several_labels),
    ("yes or no by a sigmoid", yes_or_no.decide),
    ("a rare class, weighed", yes_or_no.seldom),
    ("an update of one's own", by_hand),
    ("a loss of one's own", own_loss),
)  # fmt: skip


def _two_convolutions(channels: int, norm: bool = False) -> list[lw.Layer]:
    between: list[lw.Layer] = [lw.BatchNorm2d(channels)] if norm else []
    first: list[lw.Layer] = [lw.Conv2d(1, channels, 3, padding=1), *between, lw.ReLU(), lw.MaxPool2d(2)]
    return [*first, lw.Conv2d(channels, 16, 3, padding=1), lw.ReLU(), lw.Flatten(), lw.Linear(256, 10)]


def _residual() -> list[lw.Layer]:
    block = lw.Residual(lw.Conv2d(8, 8, 3, padding=1), lw.ReLU(), lw.Conv2d(8, 8, 3, padding=1))
    end: list[lw.Layer] = [lw.AdaptiveAvgPool2d(4), lw.Flatten(), lw.Linear(128, 10)]
    return [lw.Conv2d(1, 8, 3, padding=1), lw.ReLU(), block, lw.ReLU(), *end]


def _dropped() -> list[lw.Layer]:
    first: list[lw.Layer] = [lw.Conv2d(1, 12, 3, padding=1), lw.ReLU(), lw.AvgPool2d(2), lw.Flatten()]
    return [*first, lw.Dropout(0.25), lw.Linear(192, 32), lw.ReLU(), lw.Linear(32, 10)]


CONVOLUTIONAL = (
    ("digits, two convolutions, Adam", pictures(lambda: _two_convolutions(8), ADAM, 8)),
    ("digits, batch normalisation, momentum", pictures(lambda: _two_convolutions(8, norm=True), MOMENTUM, 6)),
    ("digits, a residual block, Adam", pictures(_residual, ADAM, 8)),
    ("digits, mean pooling and dropout, RMSprop", pictures(_dropped, partial(lw.RMSprop, 0.001), 12)),
    ("bars", images.see),
    ("bars, momentum", images.see_slowly),
    ("bars, batch normalisation and dropout", images.normalised),
    ("bars in batches of one's own", images.stream),
)


def _sums(layers: list[lw.Layer], size: int) -> list[lw.Layer]:
    return [*layers, lw.Linear(size, 1)]


RECURRENT = (
    ("what came first, RNN", sequences.remember),
    ("what came first, LSTM", sequences.gated),
    ("how much so far, RNN", sequences.add_up),
    ("how much so far, GRU, momentum", on(tables.sums, small(lambda t: _sums([lw.GRU(1, 24)], 24),
                                                             partial(lw.SGD, 0.1, 0.9), epochs=40))),
    ("how much so far, two layers of LSTM", on(tables.sums, small(lambda t: _sums([lw.LSTM(1, 16, 2)], 16),
                                                                  partial(lw.Adam, 0.01), epochs=40, clip_norm=1.0))),
    ("digits row by row, GRU", lines(lambda: [lw.GRU(8, 32, output="last"), lw.Linear(32, 10)], ADAM, 12)),
    ("digits row by row, both ways", lines(lambda: [lw.LSTM(8, 20, bidirectional=True, output="last"),
                                                    lw.Linear(40, 10)], ADAM, 15)),
    ("a wave, GRU", series),
    ("the change of a series, LSTM", sequences.forecast),
)  # fmt: skip


def _rows(width: int) -> list[lw.Layer]:
    last: list[lw.Layer] = [lw.LayerNorm(width), lw.Flatten(), lw.Linear(8 * width, 10)]
    return [lw.Linear(8, width), lw.PositionalEmbedding(8, width), *attend(width, 2), *last]


def _bag(table: tables.Table) -> list[lw.Layer]:
    V = table.features
    return [lw.Embedding(V, 16), lw.SinusoidalPositions(16, 32), *attend(16, 2), lw.Select(-1, dim=1), lw.Linear(16, V)]


ATTENTION = (
    ("which token stands there", attention.plain_look_up),
    ("the same in another order of axes", attention.look_up),
    ("what comes next", attention.write_on),
    ("digits row by row, attention", lines(lambda: _rows(16), partial(lw.Adam, 0.003), 12)),
    ("tokens, fixed positions", on(tables.tokens, small(_bag, ADAM, epochs=25, batch_size=32))),
)

HOPELESS = (
    ("digits, labels drawn", "dense", drawn("digits", 1.0)),
    ("wine, labels drawn", "dense", drawn("wine", 1.0)),
    ("breast cancer, half of the labels flipped", "dense", drawn("breast_cancer", 1.0)),
    ("noise of ten columns", "dense", noise(600, (10,), lambda: [lw.Linear(10, 24), lw.ReLU(), lw.Linear(24, 3)], 3)),
    ("noise, a quantity", "dense", noise(600, (6,), lambda: [lw.Linear(6, 12), lw.Tanh(), lw.Linear(12, 1)], 0)),
    ("noise in images", "convolutional", noise(400, (1, 8, 8), lambda: [
        lw.Conv2d(1, 6, 3), lw.ReLU(), lw.AdaptiveAvgPool2d(2), lw.Flatten(), lw.Linear(24, 4)], 4)),
    ("noise in sequences", "recurrent", noise(500, (8, 2), lambda: [
        lw.GRU(2, 12, output="last"), lw.Linear(12, 2)], 2)),
)  # fmt: skip

RUNS: tuple[Healthy, ...] = (
    *(Healthy(name, "dense", make) for name, make in DENSE),
    *(Healthy(name, "convolutional", make) for name, make in CONVOLUTIONAL),
    *(Healthy(name, "recurrent", make) for name, make in RECURRENT),
    *(Healthy(name, "attention", make) for name, make in ATTENTION),
    *(Healthy(name, family, make, hopeless=True) for name, family, make in HOPELESS),
)
