"""Softmax by temperature: cold is certain, hot is indifferent, 1 is softmax itself."""

from __future__ import annotations

import numpy as np
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise import formulas
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import temperature


def test_each_temperature_has_its_probabilities() -> None:
    ax = temperature([3.0, -1.0], names=["yes", "no"])
    yes, no = ax.get_lines()[:2]
    np.testing.assert_allclose(yes.get_ydata() + no.get_ydata(), 1)
    T = yes.get_xdata()
    np.testing.assert_allclose(yes.get_ydata(), 1 / (1 + np.exp(-4 / T)), rtol=1e-12)
    assert yes.get_label() == "yes"


def test_the_ends_are_certainty_and_indifference() -> None:
    ax = temperature()
    p = np.array([line.get_ydata() for line in ax.get_lines()[:3]])
    np.testing.assert_allclose(p[:, 0], [1, 0, 0], atol=1e-4)
    np.testing.assert_allclose(p[:, -1], 1 / 3, atol=0.04)
    at_one, _ = formulas.softmax(np.array([2.0, 1.0, 0.0]))
    np.testing.assert_allclose(p[:, 100], at_one)
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "temperature")


def test_logits_that_can_not_be_drawn(tally: Tally) -> None:
    refused(tally, ShapeError, "(1,)", lambda: temperature([1.0]))
    refused(tally, ShapeError, "(7,)", lambda: temperature(range(7)))
    refused(tally, SettingError, "names", lambda: temperature([1.0, 2.0], names=["a"]))
