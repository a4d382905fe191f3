"""Points where the numbers are, intervals as wide as few samples make them, and counts that sum to all samples."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise import metrics
from layerwise.errors import DataError
from layerwise.formulas import softmax
from layerwise.plots import calibration

RNG = np.random.default_rng(0)
P, _ = softmax(RNG.normal(size=(400, 4)) * 2)
LABELS = np.array([RNG.choice(4, p=row) for row in P])


def test_the_points_are_those_of_the_bins() -> None:
    ax = calibration(P, LABELS, bins=5)
    upper, lower = ax.figure.axes
    sure, right = P.max(axis=1), P.argmax(axis=1) == LABELS
    place = np.minimum((sure * 5).astype(int), 4)
    known = [k for k in range(5) if (place == k).any()]
    points = upper.containers[0].lines[0].get_xydata()
    np.testing.assert_allclose(points[:, 0], [sure[place == k].mean() for k in known])
    np.testing.assert_allclose(points[:, 1], [right[place == k].mean() for k in known])
    assert sum(bar.get_height() for bar in lower.patches) == 400
    error = metrics.calibration_error(P, LABELS, bins=5)
    assert ax.get_title(loc="left").startswith(f"Calibration error {100 * error:.1f} %")
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "calibration")


def test_a_network_that_is_too_sure_is_told() -> None:
    sharp = np.where(P.max(axis=1, keepdims=True) == P, 0.97, 0.01)
    assert "more sure than right by" in calibration(sharp, LABELS).get_title(loc="left")


@pytest.mark.slow
@pytest.mark.parametrize("bins", [1, 10, 25])
def test_one_column_of_a_yes(bins: int) -> None:
    p = RNG.random((60, 1))
    ax = calibration(p, (RNG.random(60) < p[:, 0]).astype(int), bins=bins)
    assert_readable(ax.figure)


def test_mistakes(tally: Tally) -> None:
    refused(tally, DataError, "probabilities", lambda: calibration(2 * P, LABELS))
    refused(tally, DataError, "labels", lambda: calibration(P, LABELS + 1))
