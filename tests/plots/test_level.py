"""A level: a line at its value, named, in sight on straight and on logarithmic axes."""

from __future__ import annotations

import pytest
from tests.plots.pictures import assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import KindError
from layerwise.plots import level, lines, loss_curve


@pytest.mark.parametrize("losses", [[0.6, 0.4, 0.3], [100.0, 1.0, 0.01]])
@pytest.mark.parametrize("value", [0.005, 0.325, 7.0])
def test_it_is_in_sight_with_its_name(losses: list[float], value: float) -> None:
    ax = level(loss_curve({"train_loss": losses}), value, "the floor")
    low, high = ax.get_ylim()
    assert low < value < high
    line = next(each for each in ax.get_lines() if each.get_label() == "_level")
    assert set(line.get_ydata()) == {value}
    assert_readable(ax.figure)


def test_what_is_no_picture(tally: Tally) -> None:
    refused(tally, KindError, "axes", lambda: level(3, 1.0, "a"))  # type: ignore[arg-type]
    refused(tally, KindError, "value", lambda: level(lines([0, 1], {"a": [0, 1]}), "1", "a"))  # type: ignore[arg-type]
