"""Surfaces: slopes are those of the costs, minima are where they are said to be, turning turns."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.slopes import assert_slope, slope
from tests.support.tally import Tally

from layerwise.errors import KindError, ShapeError
from layerwise.insight import SURFACES, Surface, turned

MINIMA = {
    "ravine": [(0.0, 0.0)],
    "turned ravine": [(0.0, 0.0)],
    "saddle": [(0.0, 2**0.5), (0.0, -(2**0.5))],
    "banana": [(1.0, 1.0)],
}


@pytest.mark.parametrize("name", SURFACES)
def test_the_gradient_is_the_slope(name: str) -> None:
    surface = SURFACES[name]
    for place in np.random.default_rng(0).normal(size=(5, 2)):
        value, gradient = surface.at(place)
        assert value == pytest.approx(float(surface.values(place[:1], place[1:])[0]))
        at = place.copy()
        assert_slope(gradient, slope(lambda at=at: surface.at(at)[0], at))


@pytest.mark.parametrize("name", SURFACES)
def test_the_least_cost_is_where_it_is_said_to_be(name: str) -> None:
    surface = SURFACES[name]
    for place in MINIMA[name]:
        value, gradient = surface.at(place)
        assert value == pytest.approx(surface.low, abs=1e-12)
        np.testing.assert_allclose(gradient, 0, atol=1e-12)
    across, up = np.meshgrid(np.linspace(*surface.x, 60), np.linspace(*surface.y, 60))
    assert surface.values(across, up).min() >= surface.low
    assert surface.low < surface.goal < surface.at(surface.start)[0]


def test_turning_keeps_every_cost() -> None:
    surface = SURFACES["banana"]
    other = turned(surface, 30)
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    x, y = np.random.default_rng(0).normal(size=(2, 20))
    np.testing.assert_allclose(other.values(c * x - s * y, s * x + c * y), surface.values(x, y))
    assert other.at(other.start)[0] == pytest.approx(surface.at(surface.start)[0])


def test_what_is_no_surface(tally: Tally) -> None:
    refused(tally, ShapeError, "one shape", lambda: SURFACES["ravine"].values([1.0], [1.0, 2.0]))
    refused(tally, KindError, "tensor", lambda: Surface("flat", lambda x, y: 3.0).at([0, 0]))  # type: ignore[arg-type,return-value]
