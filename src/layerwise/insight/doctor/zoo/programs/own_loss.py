"""Healthy programs with a loss that the learner has written as an expression."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import layerwise as lw
from layerwise import formulas
from layerwise.autograd import Tensor, apply
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen, yes_or_no
from layerwise.types import Array, Differentiable


class OwnLoss(lw.Loss):
    """The loss that an expression computes; autograd finds its slope. cost: from output and target to one number."""

    def __init__(self, cost: Callable[[Tensor, Array, float], Tensor]) -> None:
        self.cost = cost

    def formula(self, output: Array, target: Array, weight: Array, denominator: float) -> Differentiable:
        y = Tensor(output)
        cost = self.cost(y, target, denominator)

        def backward(dC: float) -> Array:
            y.grad = None
            cost.backward()
            assert y.grad is not None
            return dC * y.grad

        return float(cost.value), backward

    def __repr__(self) -> str:
        return "OwnLoss()"


def distance(draw: Draw) -> Specimen:
    """Quantities by a squared error of the learner's own: one or two hidden layers of 24 to 48 units."""
    table = tables.quantities(draw, rows=600)
    mean, std = table.train.target.mean(), table.train.target.std()
    train, validation, test = ((part.x, (part.target[:, 0] - mean) / std) for part in table[:3])

    def cost(y: Tensor, target: Array, count: float) -> Tensor:
        error = y - target[:, None]
        return (error**2).mean()

    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((1, 2), (24, 48)):
        layers += [lw.Linear(width, units), lw.Tanh()]
        width = units
    net = lw.Network(*layers, lw.Linear(width, 1), seed=draw.seed)
    optimizer = lw.SGD(lr=0.03, momentum=0.9)
    patient = Patient(net, train, OwnLoss(cost), optimizer, epochs=40, batch_size=32, validation=validation)
    return Specimen(patient, test)


def surprise(draw: Draw) -> Specimen:
    """Yes or no for two clouds that lie well apart, and how their cross-entropy is computed from logits."""
    D, labels = draw.whole(4, 8), draw.order(500) % 2
    direction = draw.normal(D)
    x = draw.normal(500, D) + (6 * labels[:, None] - 3) * direction / np.linalg.norm(direction)
    train, validation, test = tables.cut(x, labels[:, None].astype(float), D)[:3]

    def step_by_step(y: Tensor, target: Array, count: float) -> Tensor:
        p = apply(formulas.sigmoid, y)
        return -(p.log() * target + (1 - p).log() * (1 - target)).mean()

    def in_one(y: Tensor, target: Array, count: float) -> Tensor:
        return apply(formulas.binary_cross_entropy_with_logits, y, target, np.ones((1, 1)), float(target.size))

    units = draw.whole(24, 48)
    net = lw.Network(lw.Linear(D, units), lw.ReLU(), lw.Linear(units, 1), seed=draw.seed)
    loss = OwnLoss(in_one)
    return Specimen(Patient(net, train, loss, lw.Adam(lr=0.03), epochs=40, validation=validation), test, yes_or_no)


def certainty(draw: Draw) -> Specimen:
    """Quantities, and which loss measures them."""
    table = tables.quantities(draw, rows=600)
    mean, std = table.train.target.mean(), table.train.target.std()
    train, validation, test = ((part.x, (part.target - mean) / std) for part in table[:3])

    def squared_error(y: Tensor, target: Array, count: float) -> Tensor:
        return ((y - target) ** 2).mean()

    def binary_cross_entropy(y: Tensor, target: Array, count: float) -> Tensor:
        return apply(formulas.binary_cross_entropy_with_logits, y, target, np.ones((1, 1)), float(target.size))

    losses = {"squared error": squared_error, "binary cross-entropy": binary_cross_entropy}
    units = draw.whole(24, 48)
    net = lw.Network(lw.Linear(table.features, units), lw.Tanh(), lw.Linear(units, 1), seed=draw.seed)
    loss = OwnLoss(losses["squared error"])
    return Specimen(Patient(net, train, loss, lw.Adam(lr=0.01), epochs=50, validation=validation), test)
