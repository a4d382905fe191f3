"""Two runs in one picture: where they part, how far they go, and what was changed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable

from layerwise.insight import difference_of
from layerwise.plots import run_difference

ONE = [1 / k for k in range(1, 25)]
TWO = [*ONE[:8], *(each * (1.15 if k % 5 else 0.9) for k, each in enumerate(ONE[8:20]))]


def test_both_runs_and_their_difference_are_drawn() -> None:
    found = difference_of({"val_loss": ONE}, {"val_loss": TWO}, ({"lr": 0.1}, {"lr": 0.01}))
    ax = run_difference(found)
    upper, lower = ax.figure.axes
    assert upper is ax
    assert [len(line.get_xdata()) for line in upper.get_lines()[:2]] == [24, 20]
    np.testing.assert_array_equal(lower.get_lines()[0].get_ydata(), found.difference)
    assert ax.get_title(loc="left") == "lr 0.1 → 0.01; the runs part at epoch 9"
    assert upper.get_xlim() == lower.get_xlim()
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "run_difference")


@pytest.mark.slow
def test_many_settings_are_counted_and_fit() -> None:
    tables = {f"setting_{k}": k for k in range(9)}, {f"setting_{k}": -k - 1 for k in range(9)}
    ax = run_difference(difference_of({"x": ONE}, {"x": TWO}, tables, "x"))
    assert "6 more" in ax.get_title(loc="left")
    assert_readable(ax.figure)


@pytest.mark.slow
def test_equal_runs() -> None:
    ax = run_difference(difference_of({"x": ONE}, {"x": ONE}, name="x"))
    assert ax.get_title(loc="left") == "no setting differs; the runs never part"
    assert_readable(ax.figure)
