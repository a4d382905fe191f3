"""What may be loaded into a network: exactly its names and shapes, and one array for what is tied."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.network.state_dict import checked_state

PLACES = {"0.weight": np.zeros((2, 3), np.float32), "0.bias": np.zeros(2, np.float32)}


@pytest.mark.parametrize(("state", "error", "words"), [
    ({"0.weight": np.ones((2, 3))}, SettingError, "missing: 0.bias; unknown: none"),
    ({}, SettingError, "missing: 0.bias, 0.weight; unknown: none"),
    ({**PLACES, "1.bias": [1.0]}, SettingError, "missing: none; unknown: 1.bias"),
    ({"0.weight": np.ones((2, 3)), "bias": [1, 2]}, SettingError, "missing: 0.bias; unknown: bias"),
    ({**PLACES, "0.bias": [1.0, 2.0, 3.0]}, ShapeError, "0.bias has shape (2,), got values of shape (3,)"),
    ([1, 2], KindError, "a dict of arrays by name, got list"),
])  # fmt: skip
def test_what_does_not_fit_is_named(state, error, words, tally):
    refused(tally, error, words, lambda: checked_state(state, PLACES))


def test_what_fits_comes_in_the_types_of_its_places():
    found = checked_state({"0.weight": np.arange(6.0).reshape(2, 3), "0.bias": [1, 2]}, PLACES)
    assert {name: (array.dtype, array.shape) for name, array in found.items()} == {
        "0.weight": (np.float32, (2, 3)), "0.bias": (np.float32, (2,)),
    }  # fmt: skip
    np.testing.assert_array_equal(found["0.bias"], [1, 2])


def test_two_names_of_one_array_must_agree(tally):
    net = lw.Network(lw.Embedding(4, 3), lw.Linear(3, 4, bias=False), ties={"1.weight": "0.weight"})
    state = net.state_dict()
    state["1.weight"] = state["1.weight"] + 1
    refused(tally, SettingError, "one array in this network", lambda: net.load_state_dict(state))
