"""Public cases that answer with a class, or yes or no, over the columns of a table."""

from __future__ import annotations

import numpy as np
from tools.doctor_exams.public.case import PublicCase

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen, yes_or_no
from layerwise.insight.doctor.zoo.tables import cut
from layerwise.types import Array

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def probability(net: lw.Network, x: Array, target: Array) -> float:
    """The skill of probabilities."""
    return yes_or_no(net, x, target, 0.5)


def _balanced(draw: Draw, rows: int, columns: int) -> tuple[Array, Array]:
    """Two classes, as many rows of each; the columns are views of six numbers, in which a bent surface parts them."""
    hidden = draw.normal(rows, 6)
    signal = 2 * hidden[:, 0] + hidden[:, 1] + 0.5 * hidden[:, 2] ** 2
    x = hidden @ draw.normal(6, columns) / 6**0.5 + 0.2 * draw.normal(rows, columns)
    return x, (signal > np.median(signal)).astype(float)[:, None]


def one_unit(draw: Draw, sick: bool) -> Specimen:
    x, y = _balanced(draw, 500, 128)
    table = cut(x, y, 128)
    hidden = [lw.Linear(128, 50), lw.ReLU(), lw.Dropout(0.2), lw.Linear(50, 50), lw.ReLU(), lw.Dropout(0.2)]
    head = lw.Softmax() if sick else lw.Sigmoid()
    net = lw.Network(*hidden, lw.Linear(50, 1), head, seed=draw.seed)
    patient = Patient(
        net, table.train, lw.BCELoss(), lw.RMSprop(lr=0.001), epochs=4, batch_size=1, validation=table.validation
    )
    return Specimen(patient, table.test, probability)


def xor_softmax(draw: Draw, sick: bool) -> Specimen:
    x, y = (each[[0, 1, 2, 3, 1, 2]] for each in XOR)
    head, optimizer = (lw.Softmax(), lw.SGD(0.001, 0.9)) if sick else (lw.Sigmoid(), lw.SGD(0.5, 0.9))
    hidden = [
        lw.Linear(2, 2, init={"name": "normal", "std": 1.0}),
        lw.Sigmoid(),
        lw.Linear(2, 3, init={"name": "normal", "std": 1.0}),
        lw.Sigmoid(),
    ]
    net = lw.Network(*hidden, lw.Linear(3, 1), head, seed=draw.seed)
    epochs = 20 if sick else 1500
    return Specimen(Patient(net, (x, y), lw.MSELoss(), optimizer, epochs=epochs, batch_size=6), (x, y), probability)


def iris_sigmoids(draw: Draw, sick: bool) -> Specimen:
    iris = lw.data.load("iris", seed=draw.seed, scale=not sick)
    init = {"name": "normal", "std": 0.05}
    head: list[lw.Layer] = [lw.Linear(4, 3, init=init), *([lw.Sigmoid()] if sick else [])]
    net = lw.Network(lw.Linear(4, 4, init=init), lw.ReLU(), *head, seed=draw.seed)
    patient = Patient(
        net, iris.train, lw.CrossEntropyLoss(), lw.Adam(), epochs=200, batch_size=5, validation=iris.validation
    )
    return Specimen(patient, iris.test)


def xor_absolute(draw: Draw, sick: bool) -> Specimen:
    loss, optimizer = (lw.L1Loss(), lw.SGD(0.05, 0.11)) if sick else (lw.BCELoss(), lw.Adam(0.05))
    net = lw.Network(lw.Linear(2, 4), lw.Sigmoid(), lw.Linear(4, 1), lw.Sigmoid(), seed=draw.seed)
    return Specimen(Patient(net, XOR, loss, optimizer, epochs=1000, batch_size=4), XOR, probability)


def two_blobs(draw: Draw, sick: bool) -> Specimen:
    labels = draw.order(350) % 2
    x = np.where(labels[:, None] == 0, draw.random.uniform(0.2, 0.4, (350, 2)), draw.random.uniform(0.5, 0.7, (350, 2)))
    table = cut(x, labels, 2, 2)
    net = lw.Network(lw.Linear(2, 2), lw.Sigmoid(), lw.Linear(2, 2), seed=draw.seed)
    patient = Patient(
        net, table.train, lw.CrossEntropyLoss(), lw.Adam(), epochs=5 if sick else 500, batch_size=30,
        validation=table.validation,
    )  # fmt: skip
    return Specimen(patient, table.test)


def relu_probability(draw: Draw, sick: bool) -> Specimen:
    x = draw.normal(500, 11)
    y = (x[:, :3].sum(axis=1) + 0.3 * x[:, 3] > 0).astype(float)[:, None]
    units = np.exp(draw.random.uniform(0, np.log(200), 11))
    table = cut(x * units + 3 * units if sick else x, y, 11)
    hidden = [lw.Linear(11, 12), lw.ReLU(), lw.Linear(12, 12), lw.ReLU()]
    net = lw.Network(*hidden, lw.Linear(12, 1), lw.ReLU() if sick else lw.Sigmoid(), seed=draw.seed)
    patient = Patient(
        net, table.train, lw.BCELoss(), lw.Adam(0.003), epochs=20, batch_size=10, validation=table.validation
    )
    return Specimen(patient, table.test, probability)


def heart(draw: Draw, sick: bool) -> Specimen:
    x = draw.normal(400, 9)
    table = cut(x, (x @ draw.normal(9) + 0.5 * draw.normal(400) > 0).astype(int), 9, 2)
    net = lw.Network(lw.Linear(9, 2), seed=draw.seed)
    rate, beta = (0.5, 1.0) if sick else (0.01, 0.001)
    patient = Patient(
        net, table.train, lw.CrossEntropyLoss(), lw.Adam(rate), epochs=60, batch_size=32, validation=table.validation,
        regularizer=lw.L2(beta),
    )  # fmt: skip
    return Specimen(patient, table.test, lambda net, x, y: 1 - lw.CrossEntropyLoss()(net(x), y)[0] / np.log(2))


def one_row(draw: Draw, sick: bool) -> Specimen:
    x, y = _balanced(draw, 400, 12)
    table = cut(x, y[:, 0].astype(int), 12, 2)
    net = lw.Network(lw.Linear(12, 32), lw.BatchNorm1d(32), lw.ReLU(), lw.Linear(32, 2), seed=draw.seed)
    size = 1 if sick else 32
    patient = Patient(
        net, table.train, lw.CrossEntropyLoss(), lw.Adam(0.01), epochs=20, batch_size=size, validation=table.validation
    )
    return Specimen(patient, table.test)


CASES = (
    PublicCase("SO 31880720", "128-50-50-1, ReLU, dropout 0.2, RMSprop, batch 1: softmax at the end", "softmax-of-one",
               one_unit, ("output-range",), differs="rows stand in; 300 of them"),
    PublicCase("SO 34311586", "XOR in 6 rows, 2-2-3-1 sigmoid, squared error, SGD 0.001: softmax at the end",
               "softmax-of-one", xor_softmax, ("output-range",), differs="cured at rate 0.5 for 1,500 epochs"),
    PublicCase("SO 59278771", "iris in cm, 4-4-3 from N(0, 0.05), Adam, batch 5: sigmoids before cross-entropy",
               "sigmoids-for-one-of-k", iris_sigmoids, ("output-range", "inputs-unscaled"),
               differs="sigmoids are taken for logits, where Keras divides them by their sum"),
    PublicCase("SO 31556268", "XOR, 2-4-1 sigmoid, absolute error, SGD 0.05, 1,000 updates", "rate-too-low",
               xor_absolute, ("underfitting", "plateau", "valley", "saddle")),
    PublicCase("SO 50306988", "two blobs, 2-2-2, Adam 0.001, 35 updates", "rate-too-low", two_blobs, ("underfitting",)),
    PublicCase("SO 44066044", "11-12-12-1, ReLU at the end, binary cross-entropy, columns unscaled", "output-range",
               relu_probability, ("loss-misfit", "inputs-unscaled"), differs="rows stand in"),
    PublicCase("SO 45002504", "9-2, Adam 0.5, L2 of strength 1", "penalty-too-strong", heart, ("rate-too-high",),
               differs="rows stand in for heart data; cured with strength 0.001"),
    PublicCase("SO 48320854, 59648509", "batch normalisation, batches of one row", "batchnorm-statistics", one_row,
               differs="rows stand in"),
)  # fmt: skip
