"""Healthy programs with an update that the learner has written: the gradient, and what is done with it."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise import formulas
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.types import Array


def by_hand(draw: Draw) -> Specimen:
    """Gradient descent: zero, backpropagate, update. Classes, 1 to 3 hidden layers of 24 to 48 units."""
    table = tables.classes(draw)
    x = table.train.x
    train, validation, test = (((part.x - x.mean(axis=0)) / x.std(axis=0), part.target) for part in table[:3])
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((1, 3), (24, 48)):
        layers += [lw.Linear(width, units), lw.ReLU()]
        width = units
    net = lw.Network(*layers, lw.Linear(width, table.classes), seed=draw.seed)
    loss, rate = lw.CrossEntropyLoss(), draw.number(0.1, 0.2)
    gradients: list[Array] = []

    def step(net: lw.Network, x: Array, target: Array) -> float:
        net.zero_grad()
        cost = net.backpropagate(x, target, loss)
        gradients.append(net.grad.copy())
        net.theta -= rate * gradients[-1]
        return cost

    optimizer = lw.SGD(lr=rate)
    return Specimen(
        Patient(net, train, loss, optimizer, epochs=40, batch_size=32, validation=validation, step=step), test
    )


def layer_by_layer(draw: Draw) -> Specimen:
    """Backpropagation as a loop over the layers: 3 or 4 tanh layers of 24 to 48 units, squared error."""
    table = tables.quantities(draw, rows=600)
    mean, std = table.train.target.mean(), table.train.target.std()
    train, validation, test = ((part.x, (part.target - mean) / std) for part in table[:3])
    layers: list[lw.Layer] = []
    width = table.features
    for units in draw.widths((3, 4), (24, 48)):
        layers += [lw.Linear(width, units, init="xavier_normal"), lw.Tanh()]
        width = units
    net = lw.Network(*layers, lw.Linear(width, 1, init="xavier_normal"), seed=draw.seed)
    rate = draw.number(0.08, 0.12)

    def step(net: lw.Network, x: Array, target: Array) -> float:
        a, ways = np.asarray(x, net.dtype), []
        for layer in net.layers:
            if isinstance(layer, lw.Linear):
                a, back = formulas.linear(a, layer.weight, layer.bias)
            else:
                a, back = formulas.tanh(a)
            ways.append((layer, back))
        cost, back = formulas.mean_squared_error(a, np.asarray(target, net.dtype), np.ones((1, 1)), float(len(a)))
        delta = back(1.0)
        for layer, back in reversed(ways):
            if isinstance(layer, lw.Linear):
                delta_in, dW, db = back(delta)
                layer.weight -= rate * dW
                layer.bias -= rate * db
                delta = delta_in
            else:
                delta = back(delta)
        return float(cost)

    loss, optimizer = lw.MSELoss(), lw.SGD(lr=rate)
    return Specimen(Patient(net, train, loss, optimizer, epochs=50, validation=validation, step=step), test)
