"""Public cases on images. Of MNIST a piece is taken, by the library's own loader; the networks are narrower."""

from __future__ import annotations

from functools import cache

import numpy as np
from tools.doctor_exams.public.case import PublicCase

import layerwise as lw
from layerwise import formulas
from layerwise.autograd import Tensor, apply
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.programs.own_loss import OwnLoss
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.insight.doctor.zoo.tables import Table, cut
from layerwise.types import Array


@cache
def _mnist() -> tuple[Array, Array]:
    x, labels = lw.data.load("mnist").train
    return x.reshape(-1, 1, 28, 28), labels


def digits(draw: Draw, rows: int = 1600) -> Table:
    """A piece of MNIST, from 0 to 1; the rows are drawn."""
    x, labels = _mnist()
    chosen = draw.order(len(x))[:rows]
    return cut(x[chosen], labels[chosen], 1, 10)


def scaled(table: Table, factor: float, flat: bool = False) -> list[tuple[Array, Array]]:
    """The three parts, their pixels multiplied."""
    return [(factor * (part.x.reshape(len(part.x), -1) if flat else part.x), part.target) for part in table[:3]]


def unscaled(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw, 5000), 255.0 if sick else 1.0, flat=True)
    head: list[lw.Layer] = [lw.Linear(50, 10), *([lw.Sigmoid()] if sick else [])]
    net = lw.Network(lw.Linear(784, 784), lw.Linear(784, 50), lw.ReLU(), *head, seed=draw.seed)
    optimizer = lw.SGD(1e-4 if sick else 0.05)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=6, batch_size=128, validation=validation)
    return Specimen(patient, test)


def no_bends(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw, 5000), 1.0, flat=True)
    normal = {"name": "normal", "std": 1.0}
    bends = [lw.Identity() if sick else lw.Sigmoid() for _ in range(2)]
    net = lw.Network(
        lw.Linear(784, 30, init=normal), bends[0], lw.Linear(30, 10, init=normal), bends[1], seed=draw.seed
    )
    one_hot = np.eye(10)
    patient = Patient(
        net, (train[0], one_hot[train[1]]), lw.MSELoss(), lw.SGD(15.0), epochs=12, batch_size=10,
        validation=(validation[0], one_hot[validation[1]]),
    )  # fmt: skip
    return Specimen(patient, test)


def relu_logits(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw), 1.0)
    init = {"name": "normal", "std": 0.1}
    convolutions = [
        lw.Conv2d(1, 8, 5, padding=2),
        lw.ReLU(),
        lw.MaxPool2d(2),
        lw.Conv2d(8, 16, 5, padding=2),
        lw.ReLU(),
    ]
    dense = [lw.MaxPool2d(2), lw.Flatten(), lw.Linear(784, 128, init=init), lw.ReLU(), lw.Linear(128, 10, init=init)]
    net = lw.Network(*convolutions, *dense, *([lw.ReLU()] if sick else []), seed=draw.seed)
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(1e-3), epochs=5, batch_size=50, validation=validation)
    return Specimen(patient, test)


def labels_divided(draw: Draw, sick: bool) -> Specimen:
    table = digits(draw)
    train, validation, test = scaled(table, 1.0)
    if sick:  # y_train / 255 was typed for x_test / 255
        train, (_, validation, test) = (train[0], train[1] // 255), scaled(table, 255.0)
    convolutions = [lw.Conv2d(1, 8, 3), lw.ReLU(), lw.Conv2d(8, 8, 3, stride=2), lw.ReLU(), lw.MaxPool2d(2)]
    dense = [lw.Flatten(), lw.Linear(288, 64), lw.ReLU(), lw.Linear(64, 10)]
    net = lw.Network(*convolutions, *dense, seed=draw.seed)
    patient = Patient(net, train, lw.CrossEntropyLoss(), lw.Adam(2e-3), epochs=6, batch_size=64, validation=validation)
    return Specimen(patient, test)


def standard_normal(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw), 1.0, flat=True)
    init = {"name": "normal", "std": 1.0} if sick else "he_normal"
    layers: list[lw.Layer] = []
    width = 784
    for _ in range(3):
        layers += [lw.Linear(width, 200, init=init), lw.ReLU()]
        width = 200
    net = lw.Network(*layers, lw.Linear(width, 10, init=init), seed=draw.seed)
    patient = Patient(
        net, train, lw.CrossEntropyLoss(), lw.Adam(0.003), epochs=3, batch_size=100, validation=validation
    )
    return Specimen(patient, test, lambda net, x, y: 1 - lw.CrossEntropyLoss()(net(x), y)[0] / np.log(10))


def log_of_zero(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw), 1.0)

    def cost(y: Tensor, target: Array, count: float) -> Tensor:
        log_p = apply(formulas.softmax, y).log() if sick else apply(formulas.log_softmax, y)
        return -(log_p * np.eye(10)[target]).sum() / len(target)

    init = {"name": "normal", "std": 0.1}
    convolutions = [lw.Conv2d(1, 8, 5, padding=2, stride=2), lw.ReLU(), lw.MaxPool2d(2), lw.Flatten()]
    dense = [lw.Linear(392, 1024, init=init), lw.ReLU(), lw.Linear(1024, 10, init=init)]
    net = lw.Network(*convolutions, *dense, seed=draw.seed)
    net.parameters()[f"{len(net.layers) - 1}.weight"][...] *= 30 if sick else 1
    patient = Patient(net, train, OwnLoss(cost), lw.Adam(1e-3), epochs=5, batch_size=50, validation=validation)
    return Specimen(patient, test)


def bend_at_the_end(draw: Draw, sick: bool) -> Specimen:
    labels = draw.order(800) % 10
    x = draw.random.uniform(0, 0.4, (800, 3, 16, 16))
    for image, label in zip(x, labels, strict=True):
        channel, kind = label % 3, label // 3
        row, column = draw.whole(0, 10), draw.whole(0, 10)
        high, wide = [(6, 6), (2, 6), (6, 2), (4, 4)][kind]
        image[channel, row : row + high, column : column + wide] += 0.6
    table = cut(x, labels, 3, 10)
    layers: list[lw.Layer] = [
        lw.Conv2d(3, 12, 3, padding=1),
        lw.ReLU(),
        lw.MaxPool2d(2),
        lw.Conv2d(12, 16, 3),
        lw.ReLU(),
    ]
    layers += [lw.AdaptiveAvgPool2d(2), lw.Flatten(), lw.Linear(64, 10), *([lw.ReLU()] if sick else [])]
    net = lw.Network(*layers, seed=draw.seed)
    patient = Patient(
        net, table.train, lw.CrossEntropyLoss(), lw.Adam(0.005), epochs=35, batch_size=32, validation=table.validation
    )
    return Specimen(patient, table.test)


def all_zero(draw: Draw, sick: bool) -> Specimen:
    train, validation, test = scaled(digits(draw), 1.0, flat=True)
    order = train[1].argsort() if sick else draw.order(len(train[1]))
    labels = np.zeros_like(train[1]) if sick else train[1]
    batches = [(train[0][rows], labels[rows]) for rows in np.array_split(order, 20)]
    net = lw.Network(lw.Linear(784, 64), lw.ReLU(), lw.Linear(64, 10), seed=draw.seed)
    patient = Patient(net, batches, lw.CrossEntropyLoss(), lw.Adam(2e-3), epochs=10, validation=validation)
    return Specimen(patient, test)


CASES = (
    PublicCase("SO 55328966", "MNIST from 0 to 255, 784-784-50-10, sigmoids at the end, SGD 0.0001", "inputs-unscaled",
               unscaled, ("sigmoids-for-one-of-k", "output-range"), differs="5,000 rows, 3,000 to learn from; cured at "
               "rate 0.05"),
    PublicCase("SO 48385830", "MNIST, 784-30-10 from N(0, 1), squared error, rate 3, batch 10: no bends",
               "rate-too-high", no_bends, ("init-too-large",), differs="3,000 rows; the rate is 15, since the mean "
               "here is over 10 outputs, too"),
    PublicCase("SO 43239467", "MNIST, two convolutions, dense from N(0, 0.1), Adam: ReLU on the logits",
               "relu-on-logits", relu_logits, ("output-range",), differs="960 rows, 8 and 16 channels, 128 units"),
    PublicCase("SO 59325381", "MNIST, two convolutions: y_train / 255 typed for x_test / 255", "labels-damaged",
               labels_divided, ("split-scaled-differently",), differs="960 rows, 8 channels"),
    PublicCase("SO 48723158", "MNIST, 784-500-500-500-10 ReLU from N(0, 1), Adam 0.003", "init-too-large",
               standard_normal, ("exploding",), differs="960 rows, 200 units"),
    PublicCase("SO 33712178, 33699174, 39487825", "MNIST, a convolution, -Σ y log p by hand", "not-finite", log_of_zero,
               differs="960 rows, 8 channels; the last weights are 30 times as large, so that p = 0 comes early"),
    PublicCase("SO 47822099", "small colour images, two convolutions: a ReLU on the last layer", "relu-on-logits",
               bend_at_the_end, ("output-range",), differs="3 x 16 x 16 images stand in for CIFAR-10"),
    PublicCase("AOWS #1", "an unshuffled loader, and targets that are all 0", "labels-damaged", all_zero,
               ("unshuffled",), differs="MNIST, 960 rows, 784-64-10"),
)  # fmt: skip
