"""What the healthy runs are made of: networks on sets of the library, on tables of the zoo, and on noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.autograd import Tensor
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.programs.own_loss import OwnLoss
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.insight.doctor.zoo.specimen import yes_or_no as yes_or_no_skill
from layerwise.types import Array

Make = Callable[[Draw], Specimen]
Bend = Callable[[], lw.Layer]


def dense(
    name: str,
    widths: tuple[int, ...],
    bend: Bend,
    optimizer: Callable[[], lw.Optimizer],
    epochs: int,
    *,
    between: Callable[[int], list[lw.Layer]] = lambda units: [],
    init: Any = "torch_uniform",
    dtype: str = "float32",
    more: dict[str, Any] | None = None,
    **settings: Any,
) -> Make:
    """A dense network on a set of the library. between: layers behind each hidden one. more: for `lw.data.load`."""

    def make(draw: Draw) -> Specimen:
        data = lw.data.load(name, seed=draw.seed, **(more or {}))
        x, y = data.train
        layers: list[lw.Layer] = []
        width = x.shape[1]
        for units in widths:
            layers += [lw.Linear(width, units, init=init), bend(), *between(units)]
            width = units
        K = len(data.classes) or 1
        net = lw.Network(*layers, lw.Linear(width, K, init=init), seed=draw.seed, dtype=dtype)
        loss = lw.CrossEntropyLoss() if data.classes else lw.MSELoss()
        patient = Patient(net, (x, y), loss, optimizer(), epochs=epochs, validation=data.validation, **settings)
        return Specimen(patient, data.test)

    return make


def pictures(layers: Callable[[], list[lw.Layer]], optimizer: Callable[[], lw.Optimizer], epochs: int) -> Make:
    """A convolutional network on the digits, as images of 8 x 8."""

    def make(draw: Draw) -> Specimen:
        data = lw.data.load("digits", seed=draw.seed)
        parts = [(part.x.reshape(-1, 1, 8, 8), part.y) for part in (data.train, data.validation, data.test)]
        net = lw.Network(*layers(), seed=draw.seed)
        patient = Patient(net, parts[0], lw.CrossEntropyLoss(), optimizer(), epochs=epochs, validation=parts[1])
        return Specimen(patient, parts[2])

    return make


def lines(layers: Callable[[], list[lw.Layer]], optimizer: Callable[[], lw.Optimizer], epochs: int) -> Make:
    """A network over sequences on the digits, row after row of 8 pixels."""

    def make(draw: Draw) -> Specimen:
        data = lw.data.load("digits", seed=draw.seed)
        parts = [(part.x.reshape(-1, 8, 8), part.y) for part in (data.train, data.validation, data.test)]
        net = lw.Network(*layers(), seed=draw.seed)
        patient = Patient(net, parts[0], lw.CrossEntropyLoss(), optimizer(), epochs=epochs, validation=parts[1])
        return Specimen(patient, parts[2])

    return make


def on(table: Callable[[Draw], tables.Table], build: Callable[[tables.Table, Draw], Patient]) -> Make:
    """A patient on a table of the zoo's."""

    def make(draw: Draw) -> Specimen:
        made = table(draw)
        return Specimen(build(made, draw), made.test)

    return make


def series(draw: Draw) -> Specimen:
    """The next value of a noisy wave, from the last 12."""
    t = np.arange(700)
    values = np.sin(t * draw.number(0.3, 0.5)) + 0.5 * np.sin(t * draw.number(0.8, 1.1)) + 0.05 * draw.normal(700)
    windows = np.lib.stride_tricks.sliding_window_view(values, 13)
    table = tables.cut(windows[:, :12, None].copy(), windows[:, 12:].copy(), 1)
    net = lw.Network(lw.GRU(1, 24, output="last"), lw.Linear(24, 1), seed=draw.seed)
    patient = Patient(net, table.train, lw.MSELoss(), lw.Adam(0.01), epochs=25, validation=table.validation)
    return Specimen(patient, table.test)


def by_hand(draw: Draw) -> Specimen:
    """An update of the learner's own, with momentum, that is right."""
    table = tables.rings(draw)
    net = lw.Network(lw.Linear(2, 24), lw.Tanh(), lw.Linear(24, table.classes), seed=draw.seed)
    loss, rate = lw.CrossEntropyLoss(), 0.2

    def step(net: lw.Network, x: Array, target: Array) -> float:
        net.zero_grad()
        cost = net.backpropagate(x, target, loss)
        net.theta -= rate * net.grad
        return cost

    patient = Patient(
        net, table.train, loss, lw.SGD(rate), epochs=150, batch_size=16, validation=table.validation, step=step
    )
    return Specimen(patient, table.test)


def own_loss(draw: Draw) -> Specimen:
    """A loss of the learner's own, log cosh, that is right."""
    table = tables.quantities(draw, rows=600)
    mean, std = table.train.target.mean(), table.train.target.std()
    train, validation, test = ((part.x, (part.target - mean) / std) for part in table[:3])

    def cost(y: Tensor, target: Array, count: float) -> Tensor:
        error = y - target
        return (((error).exp() + (-error).exp()) * 0.5).log().mean()

    net = lw.Network(lw.Linear(table.features, 32), lw.Tanh(), lw.Linear(32, 1), seed=draw.seed)
    patient = Patient(net, train, OwnLoss(cost), lw.Adam(0.01), epochs=40, validation=validation)
    return Specimen(patient, test)


def several_labels(draw: Draw) -> Specimen:
    """Three questions of yes or no at once."""
    x = draw.normal(900, 8)
    y = (x @ draw.normal(8, 3) + 0.5 * x[:, :3] ** 2 > 0.2).astype(float)
    table = tables.cut(x, y, 8)
    net = lw.Network(lw.Linear(8, 32), lw.ReLU(), lw.Linear(32, 3), seed=draw.seed)
    patient = Patient(net, table.train, lw.BCEWithLogitsLoss(), lw.Adam(0.01), epochs=20, validation=table.validation)
    return Specimen(patient, table.test, yes_or_no_skill)


def drawn(name: str, share: float) -> Make:
    """A set of the library of which this share of the labels is drawn anew, in all parts: 1 leaves nothing to learn."""

    def make(draw: Draw) -> Specimen:
        data = lw.data.load(name, seed=draw.seed)
        K, parts = len(data.classes), []
        for part in (data.train, data.validation, data.test):
            other = draw.random.random(len(part.y)) < share
            parts.append((part.x, np.where(other, draw.random.integers(0, K, len(part.y)), part.y)))
        width = parts[0][0].shape[1]
        net = lw.Network(lw.Linear(width, 16), lw.ReLU(), lw.Linear(16, K), seed=draw.seed)
        patient = Patient(net, parts[0], lw.CrossEntropyLoss(), lw.Adam(0.003), epochs=12, validation=parts[1])
        return Specimen(patient, parts[2])

    return make


def noise(rows: int, shape: tuple[int, ...], network: Callable[[], list[lw.Layer]], K: int) -> Make:
    """Noise with labels that are drawn."""

    def build(draw: Draw) -> Specimen:
        x = draw.normal(rows, *shape)
        y = draw.random.integers(0, K, rows) if K else draw.normal(rows, 1)
        table = tables.cut(x, y, shape[0], K)
        net = lw.Network(*network(), seed=draw.seed)
        loss = lw.CrossEntropyLoss() if K else lw.MSELoss()
        patient = Patient(net, table.train, loss, lw.Adam(0.002), epochs=6, validation=table.validation)
        return Specimen(patient, table.test)

    return build


def attend(width: int, heads: int, **settings: Any) -> list[lw.Layer]:
    """A block of attention."""
    return [
        lw.Residual(lw.LayerNorm(width), lw.MultiheadAttention(width, heads, **settings)),
        lw.Residual(lw.LayerNorm(width), lw.Linear(width, 2 * width), lw.GELU(), lw.Linear(2 * width, width)),
    ]


def small(
    layers: Callable[[tables.Table], list[lw.Layer]], optimizer: Callable[[], lw.Optimizer], **settings: Any
) -> Callable[[tables.Table, Draw], Patient]:
    """A patient of given layers on a table, its loss after the kind of target."""

    def build(table: tables.Table, draw: Draw) -> Patient:
        loss = lw.CrossEntropyLoss() if table.classes else lw.MSELoss()
        net = lw.Network(*layers(table), seed=draw.seed)
        return Patient(net, table.train, loss, optimizer(), validation=table.validation, **settings)

    return build
