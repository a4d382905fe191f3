"""The curves of entropy and cross-entropy have their extremes where the mathematics has them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError
from layerwise.plots import cross_entropy_curve, entropy_curve


@pytest.mark.parametrize(("base", "most", "unit"), [(2, 1.0, "bits"), (math.e, math.log(2), "nats")])
def test_a_fair_coin_is_the_most_uncertain(base: float, most: float, unit: str) -> None:
    ax = entropy_curve(base=base)
    p, H = ax.get_lines()[0].get_data()
    assert p[H.argmax()] == pytest.approx(0.5)
    assert H.max() == pytest.approx(most)
    assert (H[0], H[-1]) == (0, 0)
    assert unit in ax.get_ylabel()
    assert_dressed(ax, legend=False)
    assert_readable(ax.figure)


def test_the_right_belief_costs_least_and_the_wrong_one_its_divergence() -> None:
    ax = cross_entropy_curve(0.25)
    (q, crossed), (_, extra) = (line.get_data() for line in ax.get_lines()[:2])
    assert q[crossed.argmin()] == pytest.approx(0.25, abs=0.003)
    entropy = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    np.testing.assert_allclose(crossed - extra, entropy, rtol=1e-9)
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(cross_entropy_curve().figure, "cross_entropy")


def test_a_certain_truth_has_no_curve(tally: Tally) -> None:
    for p in (0.0, 1.0, -0.5):
        refused(tally, SettingError, "p must", lambda p=p: cross_entropy_curve(p))
