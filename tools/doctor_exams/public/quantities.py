"""Public cases that answer with a quantity."""

from __future__ import annotations

import numpy as np
from tools.doctor_exams.public.case import PublicCase

import layerwise as lw
from layerwise.autograd import Tensor
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.programs.dense import digits
from layerwise.insight.doctor.zoo.programs.own_loss import OwnLoss
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.insight.doctor.zoo.tables import cut
from layerwise.types import Array


def _standard(values: Array) -> Array:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def softmax_of_a_quantity(draw: Draw, sick: bool) -> Specimen:
    x = draw.random.uniform(0, 1e4, (600, 3))
    y = x @ np.array([[2.0], [1.0], [0.5]]) + 2.2
    table = cut(x, y, 3) if sick else cut(_standard(x), _standard(y), 3)
    hidden = [lw.Linear(3, 3), lw.Tanh(), lw.Dropout(0.5 if sick else 0.0), lw.Linear(3, 2), lw.Tanh()]
    net = lw.Network(*hidden, lw.Linear(2, 1), *([lw.Softmax()] if sick else []), seed=draw.seed)
    optimizer = lw.SGD(0.1 if sick else 0.02, 0.9)
    return Specimen(Patient(net, table.train, lw.MSELoss(), optimizer, validation=table.validation), table.test)


def fourth_power(draw: Draw, sick: bool) -> Specimen:
    x = np.arange(-100, 100.5, 0.5)[:, None]
    rows = (x, x**4) if sick else (_standard(x), _standard(x**4))
    hidden = [lw.Linear(1, 50), lw.Sigmoid(), lw.Linear(50, 50), lw.ELU(), lw.Linear(50, 1)]
    net = lw.Network(*hidden, seed=draw.seed)
    return Specimen(Patient(net, rows, lw.MSELoss(), lw.Adam(), epochs=1000, batch_size=401), rows)


def parabola(draw: Draw, sick: bool) -> Specimen:
    x = np.arange(0, 5, 0.1)[:, None]
    y = 5 * x**2 + draw.normal(50, 1) ** 3
    hidden = [lw.Linear(1, 50), lw.ReLU(), lw.Linear(50, 30), lw.ReLU(), lw.Linear(30, 1)]
    net = lw.Network(*hidden, seed=draw.seed)
    optimizer = lw.SGD(0.1 if sick else 1e-4)
    return Specimen(Patient(net, (x, y), lw.MSELoss(), optimizer, epochs=300, batch_size=32), (x, y))


def line_over_time(draw: Draw, sick: bool) -> Specimen:
    t = np.arange(100.0)[:, None]
    y = 2 * t + 4 + draw.random.uniform(0, 10, (100, 1))
    x = t if sick else _standard(t)
    net = lw.Network(lw.Linear(1, 1), seed=draw.seed)  # half the mean square at 0.5 is the mean square at 0.25
    return Specimen(Patient(net, (x, y), lw.MSELoss(), lw.SGD(0.25), epochs=60, batch_size=100), (x, y))


def squares(draw: Draw, sick: bool) -> Specimen:
    t = np.arange(4.0)[:, None]
    x, y = np.hstack([t**2, t, t**0]), t**2
    net = lw.Network(lw.Linear(3, 1, bias=False), seed=draw.seed, dtype="float64")
    rate = 4 * (0.01 if sick else 0.001)  # the sum of four squares is four times their mean
    return Specimen(Patient(net, (x, y), lw.MSELoss(), lw.SGD(rate), epochs=800, batch_size=4), (x, y))


def column_and_row(draw: Draw, sick: bool) -> Specimen:
    x, y = np.array([[1.0, 1], [1, 2], [1, 3]]), np.array([1.0, 2, 3])

    def cost(output: Tensor, target: Array, count: float) -> Tensor:
        return ((output - (target if sick else target[:, None])) ** 2).mean()

    net = lw.Network(lw.Linear(2, 1), seed=draw.seed)
    return Specimen(Patient(net, (x, y), OwnLoss(cost), lw.Adam(0.05), epochs=600, batch_size=3), (x, y))


def long_past_the_end(draw: Draw, sick: bool) -> Specimen:
    x, y = draw.normal(64, 1000), draw.normal(64, 1)
    net = lw.Network(lw.Linear(1000, 1), seed=draw.seed, dtype="float64")
    optimizer = lw.Adam(1e-3, eps=1e-8 / 64 if sick else 1e-3)
    return Specimen(Patient(net, (x, y), lw.MSELoss(), optimizer, epochs=5000, batch_size=64), (x, y), digits)


CASES = (
    PublicCase("SO 33969059", "y = 2 x1 + x2 + x3/2 + 2.2 over U(0, 10,000), 3-3-2-1 tanh: softmax at the end",
               "softmax-of-one", softmax_of_a_quantity, ("output-range", "targets-unscaled", "inputs-unscaled"),
               differs="cured without dropout"),
    PublicCase("SO 52800582", "y = x⁴ from -100 to 100, 1-50-50-1, Adam, full batch, 1,000 epochs", "targets-unscaled",
               fourth_power, ("inputs-unscaled",)),
    PublicCase("SO 48934338", "y = 5 x² from 0 to 5, 1-50-30-1 ReLU, SGD 0.1", "rate-too-high", parabola,
               ("dead-units",)),
    PublicCase("SO 43636736", "a line over t = 0 to 99, gradient descent 0.5", "rate-too-high", line_over_time,
               ("inputs-unscaled",)),
    PublicCase("SO 46577203", "a x² + b x + c through four points, sum of squares, gradient descent 0.01",
               "rate-too-high", squares, ("inputs-unscaled", "sum-not-mean")),
    PublicCase("SO 38447935", "three points, targets (3,) against answers (3, 1)", "broadcast-loss", column_and_row,
               differs="Adam 0.05 for 600 updates, in place of 0.0001 for more"),
    PublicCase("ds.SE 25024", "1000-1, 64 random rows, Adam 0.001, 5,000 updates", "adam-after-the-end",
               long_past_the_end),
)  # fmt: skip
