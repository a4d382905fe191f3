"""Public cases on sequences."""

from __future__ import annotations

import numpy as np
from tools.doctor_exams.public.case import PublicCase
from tools.doctor_exams.public.classes import probability

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen, balanced
from layerwise.insight.doctor.zoo.tables import cut, walk
from layerwise.types import Array


def next_bit(draw: Draw, sick: bool) -> Specimen:
    pattern = np.array([0, 0, 1, 1, 1, 0, 1, 0])[(np.arange(900) + draw.whole(0, 7)) % 8].astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(pattern, 4)
    table = cut(windows[:, :3, None].copy(), windows[:, 3:].copy(), 1)
    head = lw.Softmax() if sick else lw.Sigmoid()
    memory = lw.LSTM(1, 1 if sick else 8, output="last")
    net = lw.Network(memory, lw.Linear(memory.hidden_size, 1), head, seed=draw.seed)
    patient = Patient(
        net, table.train, lw.BCELoss(), lw.Adagrad(0.1), epochs=40, batch_size=16, validation=table.validation
    )
    return Specimen(patient, table.test, probability)


def last_value(draw: Draw, sick: bool) -> Specimen:
    series, lags = walk(draw), 8
    windows = np.lib.stride_tricks.sliding_window_view(series, lags)[:-1, :, None]
    last, following = windows[:, -1], series[lags:, None]
    seen = int(0.6 * len(windows))
    low, high, unit = series[:seen].min(), series[:seen].max(), (following - last)[:seen].std()
    x = (windows - low) / (high - low) if sick else np.diff(windows, axis=1) / unit
    y = (following - low) / (high - low) if sick else (following - last) / unit
    table = cut(x, y, 1)
    base, truth = last[-len(table.test.x) :], following[-len(table.test.x) :]

    def skill(net: lw.Network, x: Array, y: Array) -> float:
        said = net(x) * (high - low) + low if sick else net(x) * unit + base
        return float(1 - np.mean((said - truth) ** 2) / np.mean((base - truth) ** 2))

    end = [lw.ReLU()] if sick else []
    net = lw.Network(lw.LSTM(1, 32, output="last"), lw.Linear(32, 1), *end, seed=draw.seed)
    patient = Patient(
        net, table.train, lw.MSELoss(), lw.Adam(0.005), epochs=30, batch_size=32, validation=table.validation
    )
    return Specimen(patient, table.test, skill)


def tags(draw: Draw, sick: bool) -> Specimen:
    kinds = draw.random.integers(1, 5, (400, 20))
    real = np.arange(20) < draw.random.integers(8, 21, 400)[:, None]
    x = draw.normal(5, 5)[kinds] + 0.3 * draw.normal(400, 20, 5)
    x[~real] = 0
    labels = np.where(real, kinds, 0)
    table = cut(x, labels, 5, 5)
    loss = lw.CrossEntropyLoss() if sick else lw.CrossEntropyLoss(ignore_index=0)
    net = lw.Network(lw.LSTM(5, 20, bidirectional=True), lw.Linear(40, 5), seed=draw.seed)
    optimizer = lw.SGD(0.01) if sick else lw.SGD(0.5, 0.9)
    epochs = 10 if sick else 40
    patient = Patient(net, table.train, loss, optimizer, epochs=epochs, batch_size=32, validation=table.validation)

    def skill(net: lw.Network, x: Array, y: Array) -> float:
        return balanced(net(x)[..., 1:].argmax(axis=-1)[y > 0] + 1, y[y > 0])

    return Specimen(patient, table.test, skill)


CASES = (
    PublicCase("SO 46620813", "the next bit from three, LSTM of one unit, Adagrad: softmax at the end",
               "softmax-of-one", next_bit, ("output-range",), differs="cured with 8 units"),
    PublicCase("SO 51432661", "a price from its last 8, LSTM, ReLU at the end", "echo", last_value, ("output-range",),
               differs="a series that drifts stands in; 32 units in place of 128"),
    PublicCase("SO 59282996", "BiLSTM of 20 on sequences of 20 x 5, SGD 0.01, 10 epochs", "rate-too-low", tags,
               ("underfitting",), differs="sequences stand in; cured with 40 epochs, SGD 0.5 and momentum"),
)  # fmt: skip
