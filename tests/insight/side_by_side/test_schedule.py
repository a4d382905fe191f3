"""Schedules side by side: the same first rate, the same first weights, other rates later."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError
from layerwise.insight.side_by_side import schedules


def test_a_schedule_that_stays_is_no_schedule() -> None:
    data = lw.data.load("moons", n=60)
    chosen = {"constant": None, "stays": lw.StepLR(100), "falls": lw.StepLR(1)}
    found = schedules(chosen, data=data, epochs=4, seeds=1)
    constant, stays, falls = found.arms
    np.testing.assert_array_equal(constant.curves, stays.curves)
    np.testing.assert_array_equal(constant.curves[:, :2], falls.curves[:, :2])
    assert (constant.curves[:, 2] != falls.curves[:, 2]).all()


def test_what_is_no_table(tally: Tally) -> None:
    refused(tally, KindError, "table", lambda: schedules([lw.StepLR(3)]))  # type: ignore[arg-type]
    refused(tally, KindError, "'a'", lambda: schedules({"a": 3, "b": None}))  # type: ignore[dict-item]
