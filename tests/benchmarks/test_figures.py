"""The statistics, on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.figures import ratio, spread


def test_quartiles_are_those_of_numpy() -> None:
    values = [3.0, 9.5, 1.0, 4.0, 7.0, 2.5]
    found = spread(values)
    assert [found.lower, found.median, found.upper] == pytest.approx(np.quantile(values, [0.25, 0.5, 0.75]))


def test_paired_ratio_survives_a_drift_that_fools_the_medians() -> None:
    """The machine grows slower; we always take half of their time, and one of our rounds was disturbed."""
    theirs = [10.0, 20.0, 40.0, 80.0, 160.0]
    ours = [5.0, 100.0, 20.0, 40.0, 80.0]
    found = ratio(ours, theirs)
    assert found.paired.median == 0.5
    assert found.of_medians == 1.0


def test_rounds_must_pair() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0, 2.0], [1.0])
