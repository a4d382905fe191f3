"""The check of one array: what is frozen stays, what was suspected is named, what was moved is put back."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.errors import SettingError
from layerwise.insight.array_check import Checked, Settings, check_array
from layerwise.insight.mismatch import Mismatch
from layerwise.random import generator

SETTINGS = Settings.checked(1e-7, 1e-5, 5, 0)
UPSTREAM = generator(0, "array check tests").normal(size=(3, 2))


def square(x, suspicions=None):
    return Checked(lambda: x * x, UPSTREAM, {}, None, suspicions or {})


def test_a_right_gradient_passes_and_the_array_is_put_back():
    x = UPSTREAM + 1
    before = x.tobytes()
    check = check_array("x", x, 2 * x * UPSTREAM, square(x), SETTINGS)
    assert check.ok
    assert (check.checked, check.kinks, check.frozen, check.along) == (6, 0, 0, 0)
    assert x.tobytes() == before


def test_what_is_frozen_is_left_out():
    x, frozen = UPSTREAM + 1, np.zeros((3, 2), dtype=bool)
    frozen[0] = True
    check = check_array("x", x, np.where(frozen, 0, 2 * x * UPSTREAM), square(x), SETTINGS, frozen)
    assert check.ok
    assert (check.checked, check.frozen) == (4, 2)


def test_a_suspicion_that_fits_goes_before_what_the_numbers_look_like():
    x = UPSTREAM + 1
    mistake = Mismatch("cubed", "is that of the cube")
    claimed = 3 * x * x * UPSTREAM
    assert check_array("x", x, claimed, square(x, {"x": [(claimed, mistake)]}), SETTINGS).mismatch is mistake
    assert check_array("x", x, claimed, square(x, {"y": [(claimed, mistake)]}), SETTINGS).mismatch != mistake


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingError, match="eps must be above 0"):
        Settings.checked(1e-7, 0, 5, 0)
