"""Hidden activations side by side."""

from __future__ import annotations

from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.side_by_side import hidden_activations


def test_each_name_is_an_arm() -> None:
    found = hidden_activations(("Tanh", "ReLU", "Tanh"), data=lw.data.load("moons", n=60), depth=1, epochs=1, seeds=1)
    assert found.names == ("Tanh", "ReLU")
    assert found.arms[0].numbers != found.arms[1].numbers


def test_what_is_no_choice(tally: Tally) -> None:
    refused(tally, SettingError, "two to six", lambda: hidden_activations(["ReLU"]))
    refused(tally, SettingError, "ReLU", lambda: hidden_activations(["ReLU", "Rellu"]))
