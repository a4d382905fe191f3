"""The mirror of training and evaluation: dropout and batch normalisation, by hand."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

import layerwise as lw
from layerwise.insight.explain import both_modes

X = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 1.0]])


def test_batch_normalisation_by_this_batch_and_by_what_it_remembers():
    net = lw.Network(lw.BatchNorm1d(2), lw.Tanh(), dtype="float64")
    net.buffers()["0.running_mean"][...] = [1.0, 2.0]
    before = deepcopy(net.state_dict())
    norm, tanh = both_modes(net, X).layers
    np.testing.assert_allclose(norm.training, (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-5), rtol=1e-12)
    np.testing.assert_allclose(norm.evaluation, (X - [1.0, 2.0]) / np.sqrt(1 + 1e-5), rtol=1e-12)
    assert (norm.acts_differently, tanh.acts_differently, tanh.same) == (True, False, False)
    np.testing.assert_equal(net.state_dict(), before)
    assert net.passes == 0


def test_dropout_drops_and_scales_in_training_alone():
    net = lw.Network(lw.Linear(2, 5), lw.Dropout(0.4), dtype="float64", seed=3)
    mirror = both_modes(net, X)
    linear, dropout = mirror.layers
    assert linear.same
    mask = dropout.operations[0][0].arguments["mask"]
    assert 0 < mask.mean() < 1
    np.testing.assert_allclose(dropout.training, dropout.evaluation * mask / 0.6, rtol=1e-12)
    np.testing.assert_array_equal(mirror.training, net.forward(X, training=True)[0])
    np.testing.assert_array_equal(mirror.evaluation, net(X))
    assert dropout.operations[1] == ()


def test_both_stand_side_by_side():
    lines = both_modes(lw.Network(lw.Dropout(0.5)), X).text().splitlines()
    assert any("in training:" in line and "in evaluation:" in line for line in lines)
    assert any("formulas/dropout.py:" in line for line in lines)
    narrow = both_modes(lw.Network(lw.Dropout(0.5)), X).text(width=40).splitlines()
    assert not any("in training:" in line and "in evaluation:" in line for line in narrow)
