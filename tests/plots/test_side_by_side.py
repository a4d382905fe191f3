"""The picture of an experiment: every seed is there, the medians are told, and what diverged is told in words."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import KindError, SettingError
from layerwise.insight.side_by_side import EXPERIMENTS, Arm, SideBySide
from layerwise.plots import side_by_side

RNG = np.random.default_rng(0)
FALLS = np.exp(-np.linspace(0, 3, 9)) * RNG.uniform(0.8, 1.2, (5, 9))


def result(*arms: Arm, **settings) -> SideBySide:
    usual = {"log": "y"} | settings
    return SideBySide("A question", arms, np.arange(9), "epoch", "loss", "loss after 8 epochs", "So.", **usual)


def arm(name: str, curves: np.ndarray) -> Arm:
    return Arm(name, curves, curves[:, -1])


def test_every_seed_and_the_middle_are_drawn() -> None:
    found = result(arm("fast", FALLS**3), arm("slow", FALLS))
    ax = side_by_side(found)
    seeds = [line for line in ax.get_lines() if line.get_label() == "_seed"]
    assert len(seeds) == 10
    middle = next(line for line in ax.get_lines() if line.get_label() == "slow")
    np.testing.assert_allclose(middle.get_ydata(), np.median(FALLS, axis=0))
    beside = ax.figure.axes[1]
    dots = [points.get_offsets()[:, 0] for points in beside.collections]
    np.testing.assert_allclose(dots[1], FALLS[:, -1])
    assert [text.get_text() for text in beside.texts][1].startswith("slow: 0.0")
    assert beside.get_xlabel() == "loss after 8 epochs"
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "side_by_side")


def test_what_diverged_is_told_and_not_drawn() -> None:
    wild = FALLS.copy()
    wild[:3, 4:] = np.inf
    ax = side_by_side(result(arm("wild", wild), arm("calm", FALLS)))
    middle = next(line for line in ax.get_lines() if line.get_label() == "wild")
    assert np.isfinite(middle.get_ydata()[:4]).all()
    assert np.isnan(middle.get_ydata()[4:]).all()
    assert "wild: diverged" in [text.get_text() for text in ax.figure.axes[1].texts]
    assert_readable(ax.figure)


@pytest.mark.slow
def test_an_arm_of_which_nothing_is_left_can_be_told() -> None:
    assert_readable(side_by_side(result(arm("gone", np.full((2, 9), np.inf)), arm("calm", FALLS[:2]))).figure)


def test_points_that_do_not_go_on_are_not_joined() -> None:
    found = result(arm("a", FALLS), arm("b", np.zeros((5, 9))), joined=False)
    lines = side_by_side(found).get_lines()
    assert {line.get_linestyle() for line in lines} == {"None"}
    assert np.isnan(lines[1].get_ydata()).all(), "0 has no place on a logarithmic axis"


def test_given_axes_are_split() -> None:
    figure = Figure(figsize=(9, 4))
    ax = figure.add_axes((0.1, 0.15, 0.8, 0.7))
    assert side_by_side(result(arm("a", FALLS)), ax=ax) is ax
    left, right = (each.get_position() for each in figure.axes)
    assert left.x1 < right.x0 < right.x1 <= 0.9 + 1e-9


def test_what_can_not_be_drawn(tally: Tally) -> None:
    refused(tally, KindError, "side_by_side", lambda: side_by_side(3))  # type: ignore[arg-type]
    many = result(*(arm(str(k), FALLS) for k in range(7)))
    refused(tally, SettingError, "6 arms", lambda: side_by_side(many))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_can_be_read(name: str) -> None:
    fast = {"seeds": 2} | ({"updates": 50} if name == "l1_and_l2" else {"epochs": 4})
    ax = side_by_side(EXPERIMENTS[name](**fast))
    assert_dressed(ax)
    assert_readable(ax.figure)
