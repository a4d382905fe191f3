"""Settings out of their range: refused in words, where a formula would answer something that looks like a value."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.errors import KindError, SettingError
from layerwise.formulas import discounted_return, double_q_target, dropout, huber, soft_threshold

x, one = np.array([[0.5, -2.0]]), np.ones((1, 1))

THRESHOLD = [-0.5, -1e-9, np.float64(-2), -np.inf, np.inf, np.nan]
NO_NUMBER = ["0.5", None, True, [0.5]]


@pytest.mark.parametrize("strength", THRESHOLD)
def test_a_threshold_is_not_negative(strength, tally):
    refused(tally, SettingError, "strength must be", lambda: soft_threshold(x, strength))


@pytest.mark.parametrize("delta", [0.0, -0.5, np.float32(-1), np.nan, np.inf])
def test_where_huber_turns_straight_lies_above_0(delta, tally):
    refused(tally, SettingError, "delta must be", lambda: huber(x, x, delta, one, 1.0))


@pytest.mark.parametrize("p", [-0.1, 1.5, np.float64(2), np.nan, -np.inf])
def test_a_probability_lies_between_0_and_1(p, tally):
    refused(tally, SettingError, "p must", lambda: dropout(x, np.ones_like(x, bool), p))


@pytest.mark.parametrize("discount", [-0.1, 1.01, np.float64(2), np.nan, np.inf])
def test_a_discount_lies_between_0_and_1(discount, tally):
    values = np.ones((1, 2))
    refused(tally, SettingError, "discount must", lambda: discounted_return(values, np.ones(1), discount))
    refused(
        tally, SettingError, "discount must",
        lambda: double_q_target(np.ones(1), np.ones(1, bool), discount, values, values),
    )  # fmt: skip


@pytest.mark.parametrize("setting", NO_NUMBER, ids=str)
def test_a_setting_is_a_number(setting, tally):
    refused(tally, KindError, "strength must be a number", lambda: soft_threshold(x, setting))
    refused(tally, KindError, "delta must be a number", lambda: huber(x, x, setting, one, 1.0))
    refused(tally, KindError, "p must be a number", lambda: dropout(x, np.ones_like(x, bool), setting))


def test_the_ends_of_the_ranges_are_taken():
    np.testing.assert_array_equal(soft_threshold(x, 0)[0], x)
    np.testing.assert_array_equal(dropout(x, np.ones_like(x, bool), 1)[0], 0 * x)
    np.testing.assert_array_equal(dropout(x, np.ones_like(x, bool), 0)[0], x)
    assert huber(x, 0 * x, np.float64(1e-3), one, 1.0)[0] == pytest.approx(1e-3 * (2.5 - 1e-3), rel=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("value", [-0.5, -2.0])
def test_torch_refuses_the_same(value):
    torch = pytest.importorskip("torch")
    t = torch.as_tensor(x)
    for call in (
        lambda: torch.nn.functional.softshrink(t, value),
        lambda: torch.nn.functional.huber_loss(t, t, delta=value),
        lambda: torch.nn.functional.dropout(t, value),
    ):
        with pytest.raises((ValueError, RuntimeError)):
            call()
