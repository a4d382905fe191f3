"""Healthy programs that answer yes or no, and those that weigh classes or columns."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen, yes_or_no
from layerwise.types import Array


def decide(draw: Draw) -> Specimen:
    """Yes or no as a probability: two hidden layers of 16 to 32 units, a sigmoid at the end."""
    table = tables.pairs(draw)
    train, validation, test = table[:3]
    units = draw.whole(16, 32)
    hidden = [lw.Linear(table.features, units), lw.Tanh(), lw.Linear(units, units), lw.Tanh()]
    net = lw.Network(*hidden, lw.Linear(units, 1), lw.Sigmoid(), seed=draw.seed)
    patient = Patient(net, train, lw.BCELoss(), lw.Adam(lr=0.01), epochs=40, validation=validation)
    return Specimen(patient, test, lambda net, x, target: yes_or_no(net, x, target, 0.5))


def report(draw: Draw) -> Specimen:
    """Yes or no on logits, with an accuracy that the learner has written: its skill is what that says."""

    class OwnLoss(lw.BCEWithLogitsLoss):
        """Binary cross-entropy, with the learner's own accuracy."""

        def accuracy(self, output: Array, target: Array) -> float | None:
            answers = output > 0
            return float(np.mean(answers == target))

    table = tables.pairs(draw)
    train, validation, test = table[:3]
    units = draw.whole(16, 32)
    net = lw.Network(lw.Linear(table.features, units), lw.Tanh(), lw.Linear(units, 1), seed=draw.seed)
    loss = OwnLoss()
    patient = Patient(net, train, loss, lw.Adam(lr=0.02), epochs=60, validation=validation)
    return Specimen(patient, test, lambda net, x, target: 2 * (loss.accuracy(net(x), target) or 0) - 1)


def seldom(draw: Draw) -> Specimen:
    """A rare class among two, its samples weighed by how rare it is."""
    table = tables.rare(draw)
    train, validation, test = table[:3]
    units, share = draw.whole(8, 24), train.target.mean()
    net = lw.Network(lw.Linear(table.features, units), lw.ReLU(), lw.Linear(units, 2), seed=draw.seed)
    loss = lw.CrossEntropyLoss(weight=[1.0, float((1 - share) / share)])
    return Specimen(Patient(net, train, loss, lw.Adam(lr=0.003), epochs=8, validation=validation), test)


def columns(draw: Draw) -> Specimen:
    """A table with an identifier, columns that are known beforehand, and one that is filled in afterwards."""
    table = tables.classes(draw, most=3, apart=0.8)
    names = [*(f"column {k}" for k in range(table.features)), "result"]
    known = [name for name in names if name != "result"]

    def prepared(part: tables.Part, result: Array) -> tuple[Array, Array]:
        scaled = (part.x - table.train.x.mean(axis=0)) / table.train.x.std(axis=0)
        whole = np.column_stack([scaled, result])
        return whole[:, [names.index(name) for name in known]], part.target

    train, validation = (prepared(part, 2.0 * part.target - 2.0) for part in (table.train, table.validation))
    test = prepared(table.test, np.zeros(len(table.test.x)))  # of new rows nobody knows the result yet
    units = draw.whole(16, 48)
    net = lw.Network(lw.Linear(len(known), units), lw.ReLU(), lw.Linear(units, table.classes), seed=draw.seed)
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(lr=0.01), epochs=12, validation=validation)
    return Specimen(patient, test)
