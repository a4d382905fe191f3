"""Counts at their places, colour for mistakes only, and words that fit whatever the classes are called."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError, ShapeError
from layerwise.plots import confusion

COUNTS = np.array([[30, 0, 2], [1, 28, 6], [0, 0, 33]])


def test_every_count_stands_at_its_place() -> None:
    ax = confusion(COUNTS, ["setosa", "versicolor", "virginica"])
    written = {(int(text.get_position()[1]), int(text.get_position()[0])): text.get_text() for text in ax.texts}
    assert written == {(r, c): str(COUNTS[r, c]) for r, c in np.ndindex(3, 3) if COUNTS[r, c] or r == c}
    fields = np.asarray(ax.images[0].get_array())
    assert (np.diag(fields) == 0).all()
    assert ((fields > 0) == (COUNTS - np.diag(np.diag(COUNTS)) > 0)).all()
    assert fields[1, 2] == fields.max()
    assert len([each for each in ax.patches if isinstance(each, Rectangle)]) == 3
    assert_dressed(ax, legend=False)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "confusion")


@pytest.mark.parametrize("K", [1, 40, *(pytest.param(K, marks=pytest.mark.slow) for K in (10, 20))])
def test_any_number_of_classes_fits(K: int) -> None:
    counts = np.random.default_rng(0).poisson(1.0, (K, K)) + 900 * np.eye(K, dtype=int)
    ax = confusion(counts)
    assert bool(ax.texts) == (K <= 20)
    assert_readable(ax.figure)


def test_mistakes(tally: Tally) -> None:
    refused(tally, ShapeError, "whole numbers", lambda: confusion([[0.5, 0.5], [1, 0]]))
    refused(tally, ShapeError, "K, K", lambda: confusion([[1, 2]]))
    refused(tally, SettingError, "2 names", lambda: confusion([[1, 2], [3, 4]], ["a"]))
    refused(tally, SettingError, "0 or more", lambda: confusion([[1, -2], [3, 4]]))
