"""Schedules are drawn as they are called, time by time."""

from __future__ import annotations

import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.plots import schedules


def test_the_curves_are_the_rates() -> None:
    ax = schedules({"cosine": lw.CosineAnnealingLR(T_max=20), "step": lw.StepLR(7)}, lr=0.4, time=20)
    cosine, step = ax.get_lines()
    assert list(cosine.get_ydata()) == [lw.CosineAnnealingLR(T_max=20)(0.4, t) for t in range(20)]
    assert list(step.get_ydata()) == [lw.StepLR(7)(0.4, t) for t in range(20)]
    assert step.get_drawstyle() == "steps-post"


def test_steps_are_told_from_epochs() -> None:
    assert schedules({"steps": lw.StepLR(7, per="step")}).get_xlabel() == "step, from 0"


@pytest.mark.parametrize("log", ["", "y"])
def test_the_usual_ones_can_be_read(log: str) -> None:
    ax = schedules(log=log)
    assert_dressed(ax)
    assert_readable(ax.figure)
    if not log:
        assert_looks_like(ax.figure, "schedules")
    assert max(line.get_ydata().max() for line in ax.get_lines()) == pytest.approx(0.1)
    assert max(line.get_ydata().max() for line in schedules(lr=0.02).get_lines()) == pytest.approx(0.02)


def test_what_is_no_table_of_schedules(tally: Tally) -> None:
    refused(tally, KindError, "table", lambda: schedules(lw.StepLR(3)))  # type: ignore[arg-type]
    refused(tally, KindError, "'a'", lambda: schedules({"a": 3}))  # type: ignore[dict-item]
    mixed = {"a": lw.StepLR(3), "b": lw.StepLR(3, per="step")}
    refused(tally, SettingError, "epochs and steps", lambda: schedules(mixed))
