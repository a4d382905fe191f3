"""A smoothed curve: right from its first point, and the same however many points follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError, ShapeError
from layerwise.plots.history.smoothing import smoothed

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=80)


@given(values=NUMBERS, half_life=st.floats(0.1, 100))
def test_it_is_the_weighted_mean_of_what_has_been(values: list[float], half_life: float) -> None:
    found = smoothed(values, half_life)
    t = len(values) - 1
    weights = 0.5 ** ((t - np.arange(t + 1)) / half_life)
    np.testing.assert_allclose(found[t], np.average(values, weights=weights), rtol=1e-9, atol=1e-9)


@given(values=NUMBERS, more=NUMBERS)
def test_points_that_come_later_change_nothing(values: list[float], more: list[float]) -> None:
    np.testing.assert_array_equal(smoothed([*values, *more], 7)[: len(values)], smoothed(values, 7))


def test_a_constant_stays_itself_from_the_first_point() -> None:
    np.testing.assert_allclose(smoothed(np.full(50, 3.7), 10), 3.7)


def test_half_a_life_is_half_the_weight() -> None:
    assert smoothed([0.0, *[1.0] * 5], half_life=5)[5] == pytest.approx(
        1 - (0.5**1) / (0.5 ** (np.arange(6) / 5)).sum()
    )


def test_gaps_in_the_places_count_as_time() -> None:
    np.testing.assert_allclose(smoothed([0.0, 3.0], half_life=1, at=[0, 2]), [0, 3 / 1.25])


def test_what_is_not_finite_counts_for_nothing() -> None:
    np.testing.assert_allclose(smoothed([2.0, np.nan, np.inf, 2.0], 3), [2, 2, 2, 2])
    assert np.isnan(smoothed([np.nan, 1.0], 3)[0])


def test_mistakes(tally: Tally) -> None:
    refused(tally, SettingError, "half_life", lambda: smoothed([1.0], 0))
    refused(tally, ShapeError, "equal length", lambda: smoothed([1.0], 1, at=[1, 2]))
