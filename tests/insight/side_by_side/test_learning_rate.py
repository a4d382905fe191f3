"""Rates side by side: from the same first weights, sorted, each once."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError
from layerwise.insight.side_by_side import learning_rates


def test_all_rates_start_from_the_same_weights() -> None:
    found = learning_rates([1.0, 0.01, 0.01], epochs=2, seeds=2)
    assert found.names == ("rate 0.01", "rate 1")
    low, high = found.arms
    np.testing.assert_array_equal(low.curves[:, 0], high.curves[:, 0])
    assert (low.curves[:, 1] != high.curves[:, 1]).all()
    assert len(found.x) == low.curves.shape[1] == 3


def test_what_is_no_choice_of_rates(tally: Tally) -> None:
    refused(tally, SettingError, "two different", lambda: learning_rates([0.1, 0.1]))
    refused(tally, SettingError, "above 0", lambda: learning_rates([0.1, -1]))
    refused(tally, SettingError, "seeds", lambda: learning_rates(seeds=0))
