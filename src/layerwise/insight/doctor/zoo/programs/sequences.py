"""Healthy programs with recurrent networks, as a learner writes them."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.layers import Pass
from layerwise.types import Array, Backward


class OwnRNN(lw.RNN):
    """A recurrent layer that brings its input into the order of axes that it works in, and its output back."""

    def __init__(self, input_size: int, hidden_size: int, axes: tuple[int, int, int]) -> None:
        super().__init__(input_size, hidden_size)
        self.axes = axes

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        y, back = super().forward(np.ascontiguousarray(x.transpose(self.axes)), pass_)

        def backward(dy: Array) -> Array | None:
            dx = back(np.ascontiguousarray(dy.transpose(self.axes)))
            return None if dx is None else dx.transpose(self.axes)

        return np.ascontiguousarray(y.transpose(self.axes)), backward


def remember(draw: Draw) -> Specimen:
    """What came first? A simple recurrent network of 24 to 40 units over 6 to 10 steps, read at the last one."""
    table = tables.recall(draw, rows=900, noise=0.35)
    train, validation, test = table[:3]
    units = draw.whole(24, 40)
    net = lw.Network(lw.RNN(table.features, units, output="last"), lw.Linear(units, table.classes), seed=draw.seed)
    optimizer = lw.Adam(lr=0.004)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=40, batch_size=32, validation=validation)
    return Specimen(patient, test)


def long_ago(draw: Draw) -> Specimen:
    """What came first, 20 to 30 steps ago? A simple recurrent network of 24 to 40 units that begins by keeping all."""
    table = tables.recall(draw, rows=900, steps=(20, 30), noise=0.05)
    train, validation, test = table[:3]
    units = draw.whole(24, 40)
    net = lw.Network(lw.RNN(table.features, units, output="last"), lw.Linear(units, table.classes), seed=draw.seed)
    net.parameters()["0.weight_hh_l0"][...] = np.eye(units)
    loss, optimizer = lw.CrossEntropyLoss(), lw.Adam(lr=0.001)
    patient = Patient(net, train, loss, optimizer, epochs=40, batch_size=32, validation=validation, clip_norm=1.0)
    return Specimen(patient, test)


def keep(draw: Draw) -> Specimen:
    """What came first, 12 to 16 steps ago? A simple recurrent network of 24 to 40 units, gradient descent."""
    table = tables.recall(draw, rows=900, steps=(12, 16), noise=0.05)
    train, validation, test = table[:3]
    units = draw.whole(24, 40)
    net = lw.Network(lw.RNN(table.features, units, output="last"), lw.Linear(units, table.classes), seed=draw.seed)
    net.parameters()["0.weight_hh_l0"][...] = 1.0 * np.eye(units)
    loss, optimizer = lw.CrossEntropyLoss(), lw.SGD(lr=0.05, momentum=0.9)
    patient = Patient(net, train, loss, optimizer, epochs=40, batch_size=32, validation=validation, clip_norm=1.0)
    return Specimen(patient, test)


def gated(draw: Draw) -> Specimen:
    """What came first? An LSTM of 16 to 32 units over 6 to 10 steps."""
    table = tables.recall(draw)
    train, validation, test = table[:3]
    units = draw.whole(16, 32)
    net = lw.Network(lw.LSTM(table.features, units, output="last"), lw.Linear(units, table.classes), seed=draw.seed)
    epochs = 25
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(lr=0.01), epochs=epochs, validation=validation)
    return Specimen(patient, test)


def add_up(draw: Draw) -> Specimen:
    """How much so far? At every step of 6 to 10, by a recurrent network of the learner's own of 16 to 32 units."""
    table = tables.sums(draw)
    train, validation, test = table[:3]
    units = draw.whole(16, 32)
    memory = OwnRNN(1, units, axes=(0, 1, 2))
    net = lw.Network(memory, lw.Linear(units, 1), seed=draw.seed)
    net.parameters()["0.weight_hh_l0"][...] *= 1.0
    optimizer = lw.Adam(lr=0.01)
    patient = Patient(net, train, lw.MSELoss(), optimizer, epochs=30, batch_size=32, validation=validation)
    return Specimen(patient, test)


def forecast(draw: Draw) -> Specimen:
    """The next value of a series that drifts, from the last 8: its change is learnt, not its level."""
    series, lags = tables.walk(draw), 8
    windows = np.lib.stride_tricks.sliding_window_view(series, lags)[:-1, :, None]
    last, following = windows[:, -1, :], series[lags:, None]
    change, level = following - last, following
    target, base = change, last
    seen = int(0.6 * len(series))
    mean, std, unit = series[:seen].mean(), series[:seen].std(), target[:seen].std()
    x = np.diff(windows, axis=1) if target is change else (windows - mean) / std
    y = target / unit if target is change else (target - mean) / std
    table = tables.cut(x, y, 1)
    train, validation, test = table[:3]
    base, level = base[-len(test.x) :], level[-len(test.x) :]

    def skill(net: lw.Network, x: Array, y: Array) -> float:
        said = net(x) * unit + base if target is change else net(x) * std + mean
        return float(1 - np.mean((said - level) ** 2) / np.mean((base - level) ** 2))

    units = draw.whole(16, 32)
    net = lw.Network(lw.LSTM(1, units, output="last"), lw.Linear(units, 1), seed=draw.seed)
    patient = Patient(net, train, lw.MSELoss(), lw.Adam(lr=0.005), epochs=30, batch_size=32, validation=validation)
    return Specimen(patient, test, skill)
