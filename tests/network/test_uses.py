"""A pass that is watched: every use of a layer, with what it was given and what came back."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.network.uses import watched
from layerwise.random import generator

ROWS = generator(0, "uses tests").normal(size=(5, 4))


def test_every_use_of_a_layer_is_seen_with_what_it_was_given():
    shared = lw.Linear(4, 4)
    net = lw.Network(shared, lw.Residual(lw.Tanh(), shared), lw.Dropout(0.5), seed=0, dtype="float64")
    found, backward = watched(net.chain, ROWS)
    assert [use.where for use in found] == ["0", "1.0", "0#1", "1", "2"]
    for use in found:
        assert np.array_equal(use.again(use.x, seed=0)[0], use.again(use.x, seed=0)[0])
    y, _ = net.forward(ROWS, training=True, step=0, seed=0)
    assert np.array_equal(found[-1].again(found[-1].x, seed=0)[0], y)
    assert all(use.dy is None for use in found)
    backward(np.ones((5, 4)))
    assert all(use.dy.shape == use.y.shape and use.dx.shape == use.x.shape for use in found)
