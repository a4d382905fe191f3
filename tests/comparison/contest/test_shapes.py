"""The shape of the columns: skew and tails as statistics has them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from layerwise.comparison.contest.features import features_of
from layerwise.comparison.contest.shapes import shapes_of, told


def test_skewness_and_kurtosis_are_those_of_scipy() -> None:
    x = np.random.default_rng(0).exponential(size=500)
    (shape,) = shapes_of(features_of({"x": x}))
    assert shape.skewness == pytest.approx(stats.skew(x))
    assert shape.kurtosis == pytest.approx(stats.kurtosis(x))
    assert shape.different == 500


def test_gaps_categories_and_constants() -> None:
    table = {"gaps": [1.0, np.nan, 3.0, 5.0], "text": list("abcd"), "same": [2.0] * 4, "none": [np.nan] * 4}
    gaps, same, none = shapes_of(features_of(table))
    assert (gaps.column, gaps.gaps, gaps.different) == ("gaps", 0.25, 3)
    assert (same.skewness, same.far, same.is_skewed) == (0, 0, False)
    assert (none.gaps, none.is_skewed, none.is_heavy) == (1, False, False)


def test_normal_columns_are_quiet_and_long_tails_are_told() -> None:
    rng = np.random.default_rng(1)
    normal, heavy, skewed = rng.normal(size=2000), rng.standard_t(1.5, size=2000), np.exp(2 * rng.normal(size=2000))
    shapes = shapes_of(features_of({"normal": normal, "heavy": heavy, "skewed": skewed}))
    assert [shape.is_heavy for shape in shapes] == [False, True, True]
    assert shapes[2].is_skewed
    assert "Columns of numbers: 2 of 3 are skewed or heavy-tailed" in told(shapes)
    assert told(shapes[:1]) == "Columns of numbers: none of 1 is skewed or has heavy tails."
    assert told([]) == ""
