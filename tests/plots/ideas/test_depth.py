"""Signals through depth are drawn as ratios to their start, and what leaves the picture does not squeeze the rest."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import KindError, SettingError
from layerwise.insight import through_stack
from layerwise.plots import signal_through_depth

SMALL = {"depth": 12, "width": 64, "samples": 16}


@pytest.mark.parametrize("way", ["forward", "backward"])
def test_the_curves_are_the_sizes(way: str) -> None:
    found = {"He": through_stack(**SMALL), "Xavier": through_stack("xavier_normal", **SMALL)}
    ax = signal_through_depth(found, way=way)
    for line, each in zip(ax.get_lines(), found.values(), strict=False):
        sizes = getattr(each, way)
        np.testing.assert_allclose(line.get_ydata(), sizes / sizes[0 if way == "forward" else -1])
    assert_dressed(ax)
    assert_readable(ax.figure)


def test_of_several_seeds_the_median_is_drawn() -> None:
    several = [through_stack(seed=seed, **SMALL) for seed in range(3)]
    ax = signal_through_depth({"He": several})
    middle = np.median([each.forward for each in several], axis=0)
    np.testing.assert_allclose(ax.get_lines()[0].get_ydata(), middle / middle[0])


def test_it_looks_as_it_did() -> None:
    found = {f"σ = {std}": through_stack({"name": "normal", "std": std}, **SMALL) for std in (0.01, 0.1, 0.177, 0.3)}
    assert_looks_like(signal_through_depth(found).figure, "signal_through_depth")


@pytest.mark.slow
def test_the_usual_ones_stay_within_the_picture() -> None:
    ax = signal_through_depth()
    low, high = ax.get_ylim()
    assert low >= 1e-9
    assert high <= 1e9
    assert_readable(ax.figure)


def test_what_can_not_be_drawn(tally: Tally) -> None:
    refused(tally, KindError, "table", lambda: signal_through_depth(3))  # type: ignore[arg-type]
    refused(tally, KindError, "'a'", lambda: signal_through_depth({"a": [3]}))  # type: ignore[list-item]
    refused(tally, SettingError, "'a'", lambda: signal_through_depth({"a": []}))
    two = {"a": through_stack(depth=2, width=4), "b": through_stack(depth=3, width=4)}
    refused(tally, SettingError, "one depth", lambda: signal_through_depth(two))
    refused(tally, SettingError, "forward", lambda: signal_through_depth(two, way="forwards"))
