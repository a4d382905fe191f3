"""Planes through a table: two features move, the others stand still."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots.plane import plane_of

X = np.random.default_rng(0).normal(size=(31, 4))


def test_two_move_and_the_others_are_held_at_a_value_that_there_is() -> None:
    plane = plane_of(X, (2, 0))
    np.testing.assert_array_equal(plane.points, X[:, [2, 0]])
    rows = plane.rows(np.array([[7.0, 8.0], [9.0, 10.0]]))
    assert rows[:, 2].tolist() == [7.0, 9.0]
    assert rows[:, 0].tolist() == [8.0, 10.0]
    for other in (1, 3):
        assert set(rows[:, other]) == {np.median(X[:, other])}
        assert rows[0, other] in X[:, other]
    assert plane.words == "the other 2 features held at the median"
    assert plane_of(X, (0, 1), held=[0, 0, 5, 6]).rows(np.zeros((1, 2))).tolist() == [[0, 0, 5, 6]]
    assert plane_of(X, (0, 1), held=[0, 0, 5, 6]).words == "the other 2 features held at the values given"
    assert plane_of(X[:, :3], (0, 1)).words == "the other feature held at the median"


def test_two_columns_are_the_plane_itself() -> None:
    plane = plane_of(X[:, :2])
    assert plane.words == ""
    across, up, places = plane.grid(5, equal=False)
    assert across[0] < X[:, 0].min() < X[:, 0].max() < across[-1]
    np.testing.assert_array_equal(plane.rows(places), places)
    assert places[:5, 1].tolist() == [up[0]] * 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_of_the_type_of_the_data(dtype: type) -> None:
    assert plane_of(X.astype(dtype), (0, 1)).rows(np.zeros((3, 2))).dtype == dtype


def test_what_is_no_plane_is_refused(tally: Tally) -> None:
    refused(tally, ShapeError, ("x has 4", "features=(0, 1)"), lambda: plane_of(X))
    refused(tally, ShapeError, "(N, 2) or wider", lambda: plane_of(X[:, :1]))
    refused(tally, SettingError, "two different columns from 0 to 3", lambda: plane_of(X, (1, 1)))
    refused(tally, SettingError, "two different columns", lambda: plane_of(X, (1, 4)))
    refused(tally, SettingError, "two different columns", lambda: plane_of(X, (1, 2, 3)))
    refused(tally, ShapeError, "held must have one value", lambda: plane_of(X, (0, 1), held=[1.0]))
    refused(tally, DataError, "held", lambda: plane_of(X, (0, 1), held=[0, 0, np.nan, 0]))
