"""Each part of the gap stands where its sign says, and the mark at their sum."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError
from layerwise.insight import LossGap
from layerwise.plots import loss_gaps

GAPS = [LossGap(k, 1 / k, 0.9 / k, 0.7 / k, 0.3 + 0.02 * k) for k in range(1, 13)]


def test_bars_stack_to_the_gap() -> None:
    ax = loss_gaps(GAPS)
    for k, gap in enumerate(GAPS):
        bars = [container[k] for container in ax.containers]
        assert [bar.get_height() for bar in bars] == pytest.approx(list(gap.parts.values()), abs=1e-12)
        above = [bar for bar in bars if bar.get_height() > 0]
        assert (
            max((bar.get_y() + bar.get_height() for bar in above), default=0)
            <= sum(b.get_height() for b in above) + 1e-12
        )
    marks = next(line for line in ax.get_lines() if line.get_label() == "all of it")
    np.testing.assert_array_equal(marks.get_ydata(), [gap.total for gap in GAPS])
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "loss_gaps")


def test_a_single_epoch() -> None:
    ax = loss_gaps(GAPS[:1])
    assert ax.get_title(loc="left") == "Validation - training loss after epoch 1: -0.68"
    assert_readable(ax.figure)


@pytest.mark.slow
def test_many_epochs_have_ticks_that_fit() -> None:
    many = [LossGap(k, 0.5, 0.4, 0.3, 0.6) for k in range(1, 200, 3)]
    assert_readable(loss_gaps(many).figure)


def test_none_is_a_mistake(tally: Tally) -> None:
    refused(tally, DataError, "no gap", lambda: loss_gaps([]))
