"""Healthy programs with dense networks, as a learner writes them."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.types import Array


def classify(draw: Draw) -> Specimen:
    """Rows of a table in classes: 1 to 3 hidden layers of 24 to 64 units, one of three optimizers."""
    table = tables.classes(draw)
    (x, labels), (x_val, labels_val), (x_test, labels_test) = table[:3]
    mean, std = x.mean(axis=0), x.std(axis=0)

    def prepared(x: Array) -> Array:
        return (x - mean) / std

    order = draw.order(len(x))
    train = (prepared(x[order]), labels[order])
    validation, test = (prepared(x_val), labels_val), (prepared(x_test), labels_test)
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((1, 3), (24, 64)):
        layers += [lw.Linear(width, units), lw.ReLU()]
        width = units
    layers += [lw.Linear(width, table.classes)]
    net = lw.Network(*layers, seed=draw.seed)
    kind, rate = draw.one_of([(lw.SGD, 0.1), (lw.Adam, 0.005), (lw.RMSprop, 0.002)])
    optimizer = kind(lr=rate)
    loss = lw.CrossEntropyLoss()
    regularizer = lw.L2(1e-5)
    patient = Patient(net, train, loss, optimizer, epochs=30, validation=validation, regularizer=regularizer)
    return Specimen(patient, test)


def descend(draw: Draw) -> Specimen:
    """Rows of a table in classes: 1 to 3 hidden layers of 24 to 64 units, gradient descent, in some with momentum."""
    table = tables.classes(draw)
    mean, std = table.train.x.mean(axis=0), table.train.x.std(axis=0)

    def prepared(x: Array) -> Array:
        return (x - mean) / std

    train, validation, test = ((prepared(part.x), part.target) for part in table[:3])
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((1, 3), (24, 64)):
        layers += [lw.Linear(width, units), lw.ReLU()]
        width = units
    net = lw.Network(*layers, lw.Linear(width, table.classes), seed=draw.seed)
    rate, momentum = draw.one_of([(0.1, 0.0), (0.15, 0.0), (0.02, 0.9)])
    optimizer = lw.SGD(lr=rate, momentum=momentum)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=40, batch_size=32, validation=validation)
    return Specimen(patient, test)


def deep(draw: Draw) -> Specimen:
    """Rows of a table in classes: 8 to 12 hidden layers of 24 to 48 units."""
    table = tables.classes(draw)
    x, std = table.train.x, table.train.x.std(axis=0)
    train, validation, test = (((part.x - x.mean(axis=0)) / std, part.target) for part in table[:3])
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((8, 12), (24, 48)):
        layers += [lw.Linear(width, units, init="he_normal"), lw.ReLU()]
        width = units
    net = lw.Network(*layers, lw.Linear(width, table.classes), seed=draw.seed)
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(lr=0.001), epochs=30, validation=validation)
    return Specimen(patient, test)


def square(draw: Draw) -> Specimen:
    """Rows of a table in classes: 8 to 10 hidden layers of equal width, 32 to 48 tanh units."""
    table = tables.classes(draw)
    x, std = table.train.x, table.train.x.std(axis=0)
    train, validation, test = (((part.x - x.mean(axis=0)) / std, part.target) for part in table[:3])
    units = draw.whole(32, 48)
    layers: list[lw.Layer] = [lw.Linear(table.features, units), lw.Tanh()]
    for _ in range(draw.whole(7, 9)):
        layers += [lw.Linear(units, units, init="xavier_normal"), lw.Tanh()]
    net = lw.Network(*layers, lw.Linear(units, table.classes), seed=draw.seed)
    optimizer = lw.SGD(lr=0.1)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=30, validation=validation)
    return Specimen(patient, test)


def around(draw: Draw) -> Specimen:
    """Rings in the plane: one hidden layer of 12 to 32 units."""
    table = tables.rings(draw)
    train, validation, test = table[:3]
    units = draw.whole(12, 32)
    net = lw.Network(lw.Linear(2, units), lw.ReLU(), lw.Linear(units, table.classes), seed=draw.seed)
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(lr=0.02), epochs=40, validation=validation)
    return Specimen(patient, test)


def estimate(draw: Draw) -> Specimen:
    """Quantities over some columns: 1 to 3 hidden layers of 24 to 64 units, Adam."""
    table = tables.quantities(draw, rows=600)
    mean, std = table.train.target.mean(), table.train.target.std()

    def prepared(target: Array) -> Array:
        return (target - mean) / std

    train, validation, test = ((part.x, prepared(part.target)) for part in table[:3])
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((1, 3), (24, 64)):
        layers += [lw.Linear(width, units), lw.Tanh()]
        width = units
    layers += [lw.Linear(width, 1)]
    net = lw.Network(*layers, seed=draw.seed)
    loss = lw.MSELoss()
    optimizer = lw.Adam(lr=0.01)
    return Specimen(Patient(net, train, loss, optimizer, epochs=50, validation=validation), test)


def few(draw: Draw) -> Specimen:
    """Quantities with some noise; how many rows there are to learn from."""
    table = tables.quantities(draw, rows=800, noise=0.3)
    mean, std = table.train.target.mean(), table.train.target.std()
    train, validation, test = ((part.x, (part.target - mean) / std) for part in table[:3])
    rows = len(train[0])
    train = (train[0][:rows], train[1][:rows])
    units = draw.whole(32, 64)
    net = lw.Network(lw.Linear(table.features, units), lw.Tanh(), lw.Linear(units, 1), seed=draw.seed)
    updates = 1500
    patient = Patient(
        net,
        train,
        lw.MSELoss(),
        lw.Adam(lr=0.01),
        epochs=updates * 32 // max(rows, 32),
        batch_size=32,
        validation=validation,
    )
    return Specimen(patient, test)


def curve(draw: Draw) -> Specimen:
    """A quantity over one number: a hidden layer of 16 to 32 units."""
    x = draw.random.uniform(10, 30, (400, 1))
    y = (x - 20) ** 2 / 50 - 1 + 0.05 * draw.normal(400, 1)
    table = tables.cut((x - x.mean(axis=0)) / 6, y, 1)
    train, validation, test = table[:3]
    units = draw.whole(16, 32)
    net = lw.Network(lw.Linear(1, units), lw.Tanh(), lw.Linear(units, 1), seed=draw.seed)
    return Specimen(Patient(net, train, lw.MSELoss(), lw.Adam(lr=0.02), epochs=30, validation=validation), test)


def ends(draw: Draw) -> Specimen:
    """More columns than rows, met exactly: nothing is left to learn long before the end."""
    D, rows = draw.whole(150, 250), draw.whole(32, 64)
    x, y = draw.normal(rows, D), draw.normal(rows, 1)
    net = lw.Network(lw.Linear(D, 1), seed=draw.seed, dtype="float64")
    optimizer = lw.Adam(lr=0.003, eps=1e-3)
    patient = Patient(net, (x, y), lw.MSELoss(), optimizer, epochs=6000, batch_size=rows)
    return Specimen(patient, (x, y), digits)


def digits(net: lw.Network, x: Array, target: Array) -> float:
    """The skill of a run that may come as near as it likes: its right digits, of 10."""
    error = float(((net(x) - target) ** 2).mean())
    return min(1.0, max(0.0, -np.log10(max(error, 1e-20)) / 20))
