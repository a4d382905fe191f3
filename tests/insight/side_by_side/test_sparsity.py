"""L1 against L2: only the step of its own makes exact zeros."""

from __future__ import annotations

from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError
from layerwise.insight.side_by_side import l1_and_l2


def test_only_the_proximal_step_zeroes_and_it_spares_what_matters() -> None:
    found = l1_and_l2(updates=300, seeds=2)
    zeros = {arm.name: arm.numbers.tolist() for arm in found.arms}
    assert zeros == {"no penalty": [0, 0], "L2": [0, 0], "L1, gradient": [0, 0], "L1, proximal": [17, 17]}
    assert (found["L1, proximal"].curves[:, :3] > 0.4).all()
    assert found.evidence["largest useless weight, L1, proximal"] == 0
    assert found["L2"].curves[:, 3:].min() > 0


def test_what_can_not_be_fitted(tally: Tally) -> None:
    refused(tally, SettingError, "strength", lambda: l1_and_l2(0))
    refused(tally, SettingError, "samples", lambda: l1_and_l2(samples=3))
