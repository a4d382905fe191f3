"""Depth against width: the networks have nearly the same number of parameters."""

from __future__ import annotations

import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.side_by_side import depth_and_width
from layerwise.insight.side_by_side.depth import width_for


@pytest.mark.parametrize("depth", [1, 2, 3, 5, 16])
def test_no_other_width_comes_nearer(depth: int) -> None:
    def size(width: int) -> int:
        return lw.mlp(2, *[width] * depth, 3).theta.size

    width = width_for(depth, 600, 2, 3)
    assert abs(size(width) - 600) == min(abs(size(each) - 600) for each in range(max(1, width - 2), width + 3))


def test_what_is_told_of_the_networks_is_so() -> None:
    found = depth_and_width((2, 1), data=lw.data.load("moons", n=40), parameters=100, epochs=1, seeds=1)
    assert found.names == ("1 layer of 20", "2 layers of 7")
    assert found.evidence == {"parameters of 1 layer of 20": 102, "parameters of 2 layers of 7": 93}


def test_what_is_no_choice_of_depths(tally: Tally) -> None:
    refused(tally, SettingError, "two different", lambda: depth_and_width([3]))
    refused(tally, SettingError, "depths", lambda: depth_and_width([0, 1]))
