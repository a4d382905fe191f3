"""How hard losses pull: the gradients of the formulas, which the textbook gives in closed form."""

from __future__ import annotations

import numpy as np
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError
from layerwise.plots import pull_of_losses
from layerwise.plots.ideas.mistake import pulls


def test_the_pulls_are_those_of_the_textbook() -> None:
    z = np.linspace(-6, 6, 25)
    p = 1 / (1 + np.exp(-z))
    crossed, squared = pulls(z)
    np.testing.assert_allclose(crossed, 1 - p, rtol=1e-12)
    np.testing.assert_allclose(squared, 2 * (1 - p) * p * (1 - p), rtol=1e-12)


def test_cross_entropy_holds_on_where_squared_error_lets_go() -> None:
    ax = pull_of_losses(span=10)
    crossed, squared = (line.get_ydata() for line in ax.get_lines()[:2])
    assert crossed[0] > 0.999
    assert squared[0] < 1e-4 < squared.max()
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(pull_of_losses().figure, "pull_of_losses")


def test_a_span_is_above_0(tally: Tally) -> None:
    refused(tally, SettingError, "span", lambda: pull_of_losses(span=-1))
