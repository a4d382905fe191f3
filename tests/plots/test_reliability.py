"""The reliability diagram: shares at their places, empty bins left out, and what does not fit is refused."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import reliability_diagram

TABLE = np.array([[0.0, 10.0, 30.0], [0.0, 7.0, 24.0], [0.0, 6.0, 27.0]])


def test_stated_and_true_shares() -> None:
    ax = reliability_diagram({"a": TABLE, "b": TABLE[:, ::-1]}, title="Sure")
    np.testing.assert_allclose(ax.collections[0].get_offsets(), [[0.6, 0.7], [0.9, 0.8]])
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0, 0], [1, 1]])
    few, many = ax.collections[0].get_sizes()
    assert many > few
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.get_xlim()[0] < 0.5


def test_the_axes_reach_down_to_the_lowest_share() -> None:
    ax = reliability_diagram({"a": [[10.0], [1.0], [4.0]]})
    assert ax.get_ylim()[0] < 0.1
    ax.figure.canvas.draw()


def test_what_does_not_fit_is_refused(tally: Tally) -> None:
    refused(tally, SettingError, "1 to 8", lambda: reliability_diagram({}))
    refused(tally, ShapeError, "(3, bins)", lambda: reliability_diagram({"a": [[1.0, 2.0]]}))
    refused(tally, DataError, "no answers", lambda: reliability_diagram({"a": np.zeros((3, 4))}))
