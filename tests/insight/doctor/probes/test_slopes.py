"""A gradient that is the slope of its loss, and one that is not, over all kinds of layers."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.doctor.probes.slopes import wrong_slopes

X = np.random.default_rng(0).normal(size=(6, 4))
T = np.array([0, 1, 2, 0, 1, 2])
RIGHT = {
    "dense": (lw.Network(lw.Linear(4, 8), lw.ReLU(), lw.Linear(8, 3)), X),
    "normalised": (lw.Network(lw.Linear(4, 8), lw.BatchNorm1d(8), lw.GELU(), lw.Linear(8, 3)), X),
    "dropped": (lw.Network(lw.Linear(4, 8), lw.Dropout(0.5), lw.Linear(8, 3)), X),
    "recurrent": (lw.Network(lw.LSTM(4, 5, output="last"), lw.Linear(5, 3)), np.stack([X] * 3, axis=1)),
    "attention": (
        lw.Network(lw.MultiheadAttention(4, 2), lw.LayerNorm(4), lw.Flatten(), lw.Linear(12, 3)),
        np.stack([X, X[::-1], -X], axis=1),
    ),
    "images": (
        lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.MaxPool2d(2), lw.Flatten(), lw.Linear(8, 3)),
        np.random.default_rng(1).normal(size=(6, 1, 6, 6)),
    ),
    "dead": (lw.Network(lw.Linear(4, 8), lw.ReLU(), lw.Linear(8, 3)), 0 * X),
}


class Transposed(lw.Linear):
    """Multiplies by W where W transposed belongs."""

    def forward(self, x, pass_):
        y, backward = super().forward(x, pass_)
        return y, lambda dy: (backward(dy), dy @ self.weight.T)[1]


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_are_right(name):
    net, x = RIGHT[name]
    assert wrong_slopes(net, x, T, lw.CrossEntropyLoss()) == {}


def test_a_wrong_one_is_named_with_its_error():
    net = lw.Network(lw.Linear(4, 5), lw.Tanh(), Transposed(5, 5), lw.Tanh(), lw.Linear(5, 3))
    wrong = wrong_slopes(net, X, T, lw.CrossEntropyLoss())
    assert set(wrong) == {"0.weight", "0.bias"}
    assert min(wrong.values()) > 0.01


def test_unscaled_inputs_do_not_make_it_wrong():
    net, x = RIGHT["dense"]
    assert wrong_slopes(net, 255 * x, T, lw.CrossEntropyLoss()) == {}
