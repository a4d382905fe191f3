"""A quantity over the plane: field and points share one scale, and lines of equal answers say their number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.plots.style.test_axes import HOSTILE
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.plots import decision_boundary, fitted_surface, save_figure

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, size=(60, 2))
WIDE = np.column_stack([X, rng.normal(size=(60, 2))])


def slope(x: np.ndarray) -> np.ndarray:
    return x[:, :1] + 10 * x[:, 1:2]


def test_the_field_is_what_is_predicted_the_right_way_up() -> None:
    ax = fitted_surface(slope, X, slope(X), resolution=21)
    image = ax.get_images()[0]
    field = np.asarray(image.get_array())
    left, right, low, high = image.get_extent()
    assert field[0, 0] == pytest.approx(left + 10 * low)
    assert field[-1, 0] == pytest.approx(left + 10 * high)
    assert field[-1, -1] == pytest.approx(right + 10 * high)
    assert ax.get_title(loc="left") == "RMSE 0 on 60 points"


def test_points_have_the_colour_of_their_own_quantity_on_the_scale_of_the_field() -> None:
    truth = slope(X)[:, 0] + 50
    ax = fitted_surface(slope, X, truth, part="test", resolution=9)
    points = ax.collections[-1]
    np.testing.assert_array_equal(points.get_array(), truth)
    assert points.get_clim() == ax.get_images()[0].get_clim()
    assert points.get_clim()[1] == truth.max()
    assert ax.get_title(loc="left") == "RMSE 50 on 60 test points"
    (text,) = ax.get_legend().get_texts()
    assert text.get_text() == "test points, each in the colour of its own quantity"


def test_lines_say_round_numbers() -> None:
    ax = fitted_surface(slope, X, slope(X), resolution=50)
    said = {text.get_text() for text in ax.texts}
    assert said
    assert all(float(text.replace(",", "")) % 2.5 == 0 for text in said)


def test_two_features_of_a_wider_table() -> None:
    ax = fitted_surface(lambda x: x[:, 3] + x[:, 0], WIDE, WIDE[:, 0], features=(0, 2), resolution=7)
    field = np.asarray(ax.get_images()[0].get_array())
    assert np.ptp(field, axis=0).max() == 0, "what moves up plays no part"
    left = ax.get_images()[0].get_extent()[0]
    assert field[0, 0] == pytest.approx(left + np.quantile(WIDE[:, 3], 0.5, method="nearest"))
    assert ax.get_title(loc="left").endswith("\nthe other 2 features held at the median")


def test_one_call_for_classes_and_for_quantities() -> None:
    ax = decision_boundary(slope, X, slope(X), task="regression", resolution=9, title="T", labels=("a", "b"))
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("T", "a", "b")
    wide = decision_boundary(lambda x: x[:, 2:3], WIDE, WIDE[:, 2] > 0, features=(2, 1), resolution=9)
    assert wide.get_title(loc="left") == "60 of 60 points on their side\nthe other 2 features held at the median"
    net = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1))
    assert "RMSE" in decision_boundary(net, X, X[:, 0], task="regression", resolution=9).get_title(loc="left")


@pytest.mark.parametrize("answer", [lambda x: np.zeros(len(x)), lambda x: np.full((len(x), 1), 3.0)])
def test_a_flat_answer_is_drawn(answer: Any) -> None:
    fitted_surface(answer, X, answer(X), resolution=5, equal=True).figure.canvas.draw()


def test_it_looks_as_it_did() -> None:
    ax = fitted_surface(lambda x: np.sin(3 * x[:, 0]) * x[:, 1], X, X[:, 1], part="test", resolution=60)
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "fitted_surface")


def test_global_settings_change_nothing(tmp_path: Path) -> None:
    def png() -> bytes:
        save_figure(fitted_surface(slope, X, slope(X), resolution=20), tmp_path / "a.png", dpi=50)
        return (tmp_path / "a.png").read_bytes()

    plain = png()
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        assert png() == plain


def test_what_can_not_be_drawn_is_refused(tally: Tally) -> None:
    refused(tally, KindError, "predict must be a network", lambda: fitted_surface(None, X, X[:, 0]))  # type: ignore[arg-type]
    refused(tally, DataError, "one number for each point", lambda: fitted_surface(slope, X, X))
    refused(tally, DataError, "y", lambda: fitted_surface(slope, X, X[:, 0] * np.nan))
    refused(tally, ShapeError, "predict must turn", lambda: fitted_surface(lambda x: x, X, X[:, 0]))
    refused(tally, DataError, "what predict returned", lambda: fitted_surface(lambda x: x[:, 0] * np.inf, X, X[:, 0]))
