"""Results: the best is the best, the table holds every arm, and an arm that is not there is named."""

from __future__ import annotations

import json

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError
from layerwise.insight.side_by_side import Arm, SideBySide
from layerwise.insight.side_by_side.result import best_of, brief, shown


def arm(name: str, *numbers: float) -> Arm:
    return Arm(name, np.array(numbers)[:, None], np.array(numbers))


def result(*arms: Arm, **settings) -> SideBySide:
    return SideBySide("t", arms, np.zeros(1), "x", "y", "loss", "It is so.", **settings)


def test_the_best_has_the_least_median_or_the_largest() -> None:
    arms = arm("a", 1, 9, 2), arm("b", 3, 3, 3)
    assert best_of(arms).name == "a"
    assert best_of(arms, most=True).name == "b"
    assert result(*arms).best.name == "a"
    assert result(*arms, most=True).best.name == "b"


def test_wins_are_counted_seed_by_seed() -> None:
    one, other = arm("a", 1, 9, 2), arm("b", 3, 3, 3)
    assert (one.wins(other), other.wins(one), one.wins(other, most=True)) == (2, 1, 1)


def test_a_run_that_diverged_is_counted_and_told() -> None:
    wild = arm("wild", 1.0, np.inf, np.inf)
    assert wild.diverged == 2
    assert shown(wild) == "diverged (1 to diverged)"
    assert brief(float("nan")) == "diverged"


def test_the_text_is_the_verdict_and_a_row_for_each_arm() -> None:
    assert str(result(arm("a", 1, 2, 3), arm("bb", 0.5, 0.5, 0.5))) == (
        "It is so.\n\nloss, median of 3 seeds (least to most):\n  a   2 (1 to 3)\n  bb  0.5 (0.5 to 0.5)"
    )


def test_as_plain_data_it_can_be_written_anywhere() -> None:
    data = result(arm("wild", 1.0, np.inf), evidence={"e": 1.0}).as_dict()
    assert data["arms"] == [{"name": "wild", "curves": [[1.0], [None]], "numbers": [1.0, None]}]
    assert json.loads(json.dumps(data)) == data
    assert data["verdict"] == "It is so."


def test_arms_are_found_by_name(tally: Tally) -> None:
    found = result(arm("rate 0.1", 1), arm("rate 1", 2))
    assert found["rate 1"].median == 2
    assert found.names == ("rate 0.1", "rate 1")
    refused(tally, SettingError, "rate 0.1", lambda: found["rate 0.2"])
