"""With and without batch normalisation: a loss for every rate, and how many of them work."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.side_by_side import batch_normalization


def test_the_number_counts_the_rates_below_the_goal() -> None:
    data = lw.data.load("moons", n=60)
    found = batch_normalization([0.01, 1.0], data=data, depth=2, width=4, epochs=2, seeds=2, goal=0.5)
    assert found.names == ("without", "with batch normalisation")
    for arm in found.arms:
        assert arm.curves.shape == (2, 2)
        np.testing.assert_array_equal(arm.numbers, (arm.curves < 0.5).sum(axis=1))
    assert found.most


def test_one_rate_is_no_comparison(tally: Tally) -> None:
    refused(tally, SettingError, "two different", lambda: batch_normalization([0.1]))
