"""Batch sizes side by side: all see every sample once an epoch."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.side_by_side import Arm, batch_sizes
from layerwise.insight.side_by_side.batch_size import jump


def test_a_size_beyond_the_data_is_all_of_them() -> None:
    found = batch_sizes((10_000, None, 8), data=lw.data.load("moons", n=60), epochs=2, seeds=1)
    assert found.names == ("all 42", "8 samples")
    one, other = found.arms
    np.testing.assert_array_equal(one.curves[:, 0], other.curves[:, 0])


def test_the_jump_is_the_typical_change_from_epoch_to_epoch() -> None:
    curves = np.exp(np.array([[9.0, 9.0, 1.0, 1.1, 1.0, 1.1]]))
    assert jump(Arm("a", curves, curves[:, -1])) == pytest.approx(0.1)
    assert jump(Arm("a", np.full((1, 4), np.inf), np.array([np.inf]))) == np.inf
