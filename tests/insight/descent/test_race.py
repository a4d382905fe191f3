"""A race: every way is what the optimizer does step by step, and the count of updates is right."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.insight import race


def test_the_way_of_plain_descent_is_the_textbook_line() -> None:
    way = race("ravine", {"descent": lw.GradientDescent(lr=0.019)}, start=(1, 1)).ways["descent"]
    updates = np.arange(len(way.places))[:, None]
    np.testing.assert_allclose(way.places, np.array([1 - 0.019, 1 - 1.9]) ** updates, rtol=1e-9, atol=1e-14)
    assert way.updates == len(way.places) - 1 == 223
    assert way.costs[-1] < 1e-4 <= way.costs[-2]


@pytest.mark.parametrize(("lr", "diverged"), [(0.0195, False), (0.0205, True)])
def test_the_largest_rate_is_two_over_the_steepest_curvature(lr: float, diverged: bool) -> None:
    way = race("ravine", {"descent": lw.GradientDescent(lr=lr)}, limit=300).ways["descent"]
    assert way.diverged == diverged
    assert (way.updates is None) == diverged


def test_optimizers_are_left_as_they_were() -> None:
    adam = lw.Adam(lr=0.1)
    first = race("ravine", {"Adam": adam})
    assert (adam.t, adam.state) == (0, {})
    np.testing.assert_array_equal(race("ravine", {"Adam": adam}).ways["Adam"].places, first.ways["Adam"].places)


def test_it_says_who_did_not_arrive() -> None:
    found = race("ravine", {"slow": lw.GradientDescent(lr=1e-6), "wild": lw.GradientDescent(lr=1.0)}, limit=300)
    assert str(found) == "Updates until the cost is below 0.0001: slow: not in 300; wild: never, it diverges."


def test_what_is_no_race(tally: Tally) -> None:
    refused(tally, SettingError, "saddle", lambda: race("sadle"))
    refused(tally, KindError, "surface", lambda: race(3))  # type: ignore[arg-type]
    refused(tally, KindError, "table", lambda: race("ravine", [lw.Adam()]))  # type: ignore[arg-type]
    refused(tally, KindError, "'Adam'", lambda: race("ravine", {"Adam": lw.Adam}))  # type: ignore[dict-item]
    refused(tally, SettingError, "at least one", lambda: race("ravine", {}))
    refused(tally, ShapeError, "(3,)", lambda: race("ravine", start=(1, 2, 3)))
