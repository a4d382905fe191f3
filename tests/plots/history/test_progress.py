"""The raw curve is always there, the smoothed one on it, and neither depends on how many points there are."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import progress
from layerwise.plots.history.smoothing import smoothed

RNG = np.random.default_rng(0)
NOISY = np.exp(-np.arange(3000) / 900) * (1 + 0.4 * RNG.random(3000))


def line(ax: object, name: str) -> np.ndarray:
    return next(each.get_xydata() for each in ax.get_lines() if each.get_label() == name)  # type: ignore[attr-defined]


def test_a_short_curve_has_all_of_its_points() -> None:
    ax = progress({"training": NOISY[:60:2], "validation": NOISY[1:60:2]}, half_life=4, title="Two", log=True)
    np.testing.assert_array_equal(line(ax, "training")[:, 1], NOISY[:60:2])
    np.testing.assert_array_equal(line(ax, "training, smoothed")[:, 1], smoothed(NOISY[:60:2], 4))
    assert ax.get_yscale() == "log"
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "progress")


def test_of_a_long_curve_the_range_is_shown_and_the_smoothing_is_that_of_all_points() -> None:
    ax = progress({"loss": NOISY}, half_life=40, title="One")
    assert len(line(ax, "loss, smoothed")) <= 1000
    places = line(ax, "loss, smoothed")[:, 0].astype(int) - 1
    np.testing.assert_array_equal(line(ax, "loss, smoothed")[:, 1], smoothed(NOISY, 40)[places])
    (band,) = [each for each in ax.collections if isinstance(each, PolyCollection)]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.max(), heights.min()) == (NOISY.max(), NOISY.min())
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "progress_long")


def test_half_of_the_points_are_smoothed_to_the_same_curve() -> None:
    every = line(progress({"loss": NOISY[:400]}, half_life=40), "loss, smoothed")
    other = line(progress({"loss": NOISY[:400:2]}, half_life=40, at=np.arange(1, 401, 2)), "loss, smoothed")
    assert np.abs(other[50:, 1] - every[100::2, 1]).max() < 0.04


def test_mistakes(tally: Tally) -> None:
    refused(tally, SettingError, "curves must be", lambda: progress({}))
    refused(tally, ShapeError, "one for each place", lambda: progress({"a": [1.0, 2.0]}, at=[1.0]))
    refused(tally, DataError, "positive", lambda: progress({"a": [-1.0, -2.0]}, log=True))
    refused(tally, SettingError, "half_life", lambda: progress({"a": [1.0]}, half_life=-1))


@pytest.mark.slow
def test_axes_that_are_given_are_drawn_in() -> None:
    from layerwise.plots import new_panels

    left, right = new_panels(2, 9.0, 3.4)
    assert progress({"a": [2.0, 1.0]}, ax=left) is left
    assert progress({"b": [2.0, 1.0]}, ax=right) is right
    assert_readable(left.figure)


@pytest.mark.parametrize("values", [[1.0], [np.nan, 1.0, 2.0], [1.0, np.inf, 2.0]])
def test_few_and_broken_numbers_are_drawn(values: list[float]) -> None:
    progress({"a": values}).figure.canvas.draw()
