"""Healthy programs with convolutions, as a learner writes them."""

from __future__ import annotations

from collections.abc import Iterator

import layerwise as lw
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo import tables
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.types import Array


def see(draw: Draw) -> Specimen:
    """Bars in images: two convolutions of 6 to 12 channels with pooling between, one of two optimizers."""
    table = tables.images(draw)
    train, validation, test = ((part.x / 255, part.target) for part in table[:3])
    first, second = draw.whole(6, 12), draw.whole(6, 12)
    layers: list[lw.Layer] = [lw.Conv2d(1, first, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2)]
    layers += [lw.Conv2d(first, second, 3, padding=1), lw.ReLU(), lw.AdaptiveAvgPool2d(2), lw.Flatten()]
    layers += [lw.Linear(4 * second, table.classes)]
    net = lw.Network(*layers, seed=draw.seed)
    kind, rate = draw.one_of([(lw.Adam, 0.01), (lw.RMSprop, 0.003)])
    optimizer = kind(lr=rate)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=20, batch_size=32, validation=validation)
    return Specimen(patient, test)


def see_slowly(draw: Draw) -> Specimen:
    """Bars in images, gradient descent with momentum, images brought to 0 to 1."""
    table = tables.images(draw)
    train, validation, test = ((part.x / 255, part.target) for part in table[:3])
    channels, units = draw.whole(6, 12), draw.whole(24, 48)
    size = (train_size := table.train.x.shape[-1]) // 2
    layers: list[lw.Layer] = [lw.Conv2d(1, channels, 5, padding=2), lw.ReLU(), lw.MaxPool2d(2), lw.Flatten()]
    layers += [lw.Linear(channels * size * size, units), lw.ReLU(), lw.Linear(units, table.classes)]
    net = lw.Network(*layers, seed=draw.seed)
    assert train_size >= 10
    optimizer = lw.SGD(lr=0.05, momentum=0.9)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=20, batch_size=32, validation=validation)
    return Specimen(patient, test)


def normalised(draw: Draw) -> Specimen:
    """Bars in images, with batch normalisation behind two convolutions and dropout before the last map."""
    table = tables.images(draw)
    train, validation, test = ((part.x / 255, part.target) for part in table[:3])
    channels, p = draw.whole(8, 12), draw.number(0.82, 0.9)
    layers: list[lw.Layer] = []
    for before in (1, channels):
        layers += [lw.Conv2d(before, channels, 3, padding=1), lw.BatchNorm2d(channels), lw.ReLU(), lw.MaxPool2d(2)]
    layers += [lw.AdaptiveAvgPool2d(2), lw.Flatten(), lw.Dropout(p), lw.Linear(4 * channels, table.classes)]
    net = lw.Network(*layers, seed=draw.seed)
    loss, optimizer = lw.CrossEntropyLoss(), lw.Adam(lr=0.01)
    patient = Patient(net, train, loss, optimizer, epochs=25, batch_size=32, validation=validation)
    return Specimen(patient, test)


def stream(draw: Draw) -> Specimen:
    """Bars in images that come in batches of the learner's own."""
    table = tables.images(draw)
    train, validation, test = ((part.x / 255, part.target) for part in table[:3])
    x, labels = train

    def batches(epoch: int) -> Iterator[tuple[Array, Array]]:
        order = lw.random.generator(draw.seed, "order", step=epoch).permutation(len(x))
        for start in range(0, len(x), 24):
            yield x[order[start : start + 24]], labels[order[start : start + 24]]

    first, second = draw.whole(6, 12), draw.whole(6, 12)
    layers: list[lw.Layer] = [lw.Conv2d(1, first, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2)]
    layers += [lw.Conv2d(first, second, 3, padding=1), lw.ReLU(), lw.AdaptiveAvgPool2d(2), lw.Flatten()]
    net = lw.Network(*layers, lw.Linear(4 * second, table.classes), seed=draw.seed)
    patient = Patient(net, batches, lw.CrossEntropyLoss(), lw.Adam(lr=0.01), epochs=20, validation=validation)
    return Specimen(patient, test)


def look_deep(draw: Draw) -> Specimen:
    """Bars in images: four convolutions of 8 to 12 channels, pooling behind the second and at the end."""
    table = tables.images(draw)
    train, validation, test = ((part.x / 255, part.target) for part in table[:3])
    layers: list[lw.Layer] = []
    before = 1
    for place in range(4):
        channels = draw.whole(8, 12)
        layers += [lw.Conv2d(before, channels, 3, padding=1), lw.ReLU(), *([lw.MaxPool2d(2)] if place == 1 else [])]
        before = channels
    net = lw.Network(*layers, lw.AdaptiveAvgPool2d(1), lw.Flatten(), lw.Linear(before, table.classes), seed=draw.seed)
    optimizer = lw.Adam(lr=0.006)
    patient = Patient(net, train, lw.CrossEntropyLoss(), optimizer, epochs=30, batch_size=32, validation=validation)
    return Specimen(patient, test)
