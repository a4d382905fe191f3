"""The picture of a race shows the ways that were gone, on the surface that they went down."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise import insight
from layerwise.errors import KindError
from layerwise.insight.descent import SURFACES
from layerwise.plots import new_panels, race

REST = sorted(SURFACES.keys() - {"saddle"})


@pytest.mark.parametrize("surface", ["saddle", *(pytest.param(each, marks=pytest.mark.slow) for each in REST)])
def test_every_surface_can_be_seen(surface: str) -> None:
    found = insight.race(surface, limit=70)
    ax = race(found, resolution=20)
    assert_dressed(ax)
    assert_readable(ax.figure)
    lines = {line.get_label(): line.get_xydata() for line in ax.get_lines() if not line.get_label().startswith("_")}
    for (name, way), drawn in zip(found.ways.items(), lines.items(), strict=True):
        assert drawn[0].startswith(f"{name}: ")
        np.testing.assert_array_equal(drawn[1], way.places)
    assert (ax.get_xlim(), ax.get_ylim()) == (SURFACES[surface].x, SURFACES[surface].y)


def test_it_looks_as_it_did() -> None:
    assert_looks_like(race(insight.race("turned ravine", limit=70), resolution=40).figure, "race")


def test_one_that_diverges_is_drawn_to_the_edge() -> None:
    found = insight.race("ravine", {"too fast": lw.GradientDescent(lr=1e20)}, limit=50)
    assert not np.isfinite(found.ways["too fast"].costs[-1])
    ax = race(found, resolution=10)
    assert ax.get_legend().get_texts()[0].get_text() == "too fast: diverges"
    assert_readable(ax.figure)


def test_axes_that_are_given_are_used() -> None:
    left, right = new_panels(2, 10, 4)
    assert race(insight.race("ravine", limit=5), resolution=5, ax=right) is right
    assert not left.get_lines()


def test_what_is_no_race(tally: Tally) -> None:
    refused(tally, KindError, "found", lambda: race(3))  # type: ignore[arg-type]
