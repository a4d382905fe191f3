"""Dropout as a layer: what it draws, when, and that the gradient goes the same way."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.layers import Pass


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_drops_the_share_p_and_scales_the_rest(p):
    x = np.full((200, 500), 3.0)
    y, backward = lw.Dropout(p).forward(x, Pass(training=True))
    assert (y == 0).mean() == pytest.approx(p, abs=0.01)
    np.testing.assert_allclose(y[y != 0], 3 / (1 - p), rtol=1e-12)
    np.testing.assert_allclose(backward(np.ones_like(x)), y / 3, rtol=1e-12)


def test_which_ones_are_dropped_does_not_depend_on_x():
    x = np.linspace(-1, 1, 1000).reshape(10, 100)
    first, _ = lw.Dropout(0.5).forward(x, Pass(training=True))
    second, _ = lw.Dropout(0.5).forward(x[::-1], Pass(training=True))
    np.testing.assert_array_equal(first == 0, second == 0)


def test_a_draw_of_exactly_p_is_kept():
    """Draws lie in [0, 1), so that a share of exactly 1 - p is p or more."""
    draws = np.array([[0.0, 0.25, 0.5, 0.75]], np.float32)

    class Drawn(Pass):
        def uniform(self, purpose, address, shape):
            return draws

    y, _ = lw.Dropout(0.5).forward(np.ones((1, 4)), Drawn(training=True))
    np.testing.assert_array_equal(y, [[0, 0, 2, 2]])


def test_p_of_1_drops_all_and_p_of_0_nothing():
    x = np.arange(1.0, 7).reshape(2, 3)
    for p, right in ((1.0, np.zeros((2, 3))), (0.0, x)):
        y, backward = lw.Dropout(p).forward(x, Pass(training=True))
        np.testing.assert_array_equal(y, right)
        np.testing.assert_array_equal(backward(x), right)


def test_evaluation_drops_nothing():
    x = np.arange(1.0, 7).reshape(2, 3)
    y, backward = lw.Dropout(0.5).forward(x, Pass())
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(x), x)
