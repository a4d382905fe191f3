"""Dropout at its edge; gradients, purity and parity come from the registry."""

from __future__ import annotations

import numpy as np

from layerwise.formulas import dropout


def test_dropping_with_probability_1_gives_0_whatever_the_mask_says():
    x = np.array([1.0, -2.0, 3.0])
    y, backward = dropout(x, np.array([True, True, False]), 1.0)
    np.testing.assert_array_equal(y, [0, 0, 0])
    np.testing.assert_array_equal(backward(x), [0, 0, 0])
