"""Filters, feature maps and relevance: the right numbers in the right panel, to one scale."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, ShapeError
from layerwise.plots import feature_maps, filters, relevance

RNG = np.random.default_rng(0)
SHAPES = {
    "one": (6, 1, 3, 3),
    "colour": (20, 3, 5, 5),
    "many": (10, 8, 3, 3),
    "dense": (48, 64),
    "single": (1, 1, 1, 1),
}


@pytest.mark.parametrize(
    "shape",
    [pytest.param(SHAPES[kind], marks=pytest.mark.slow if kind in ("colour", "dense") else ()) for kind in SHAPES],
    ids=SHAPES,
)
def test_any_filters(shape: tuple[int, ...]) -> None:
    weight = RNG.normal(size=shape)
    ax = filters(weight)
    assert len(ax.images) == shape[0]
    assert_readable(ax.figure)
    if len(shape) == 4 and shape[1] != 3:
        np.testing.assert_allclose(ax.images[-1].get_array(), weight[-1].mean(axis=0))
        assert len({image.get_clim() for image in ax.images}) == 1
        low, high = ax.images[0].get_clim()
        assert low == -high


def test_the_looks() -> None:
    draw = np.random.default_rng(1)
    assert_looks_like(filters(draw.normal(size=(12, 1, 3, 3))).figure, "filters")
    maps = np.maximum(draw.normal(size=(8, 6, 6)), 0)
    maps[3] = 0
    assert_looks_like(feature_maps(maps).figure, "feature_maps")
    ax = relevance(draw.random((8, 8)), draw.normal(size=(8, 8)), title="Saliency")
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "relevance")


def test_more_than_fit_are_counted() -> None:
    assert (
        filters(RNG.normal(size=(100, 1, 3, 3))).get_title(loc="left").startswith("100 filters of 3 x 3, the first 64")
    )
    assert (
        feature_maps(RNG.normal(size=(50, 4, 4)), most=8).get_title(loc="left")
        == "50 feature maps of 4 x 4, the first 8"
    )


def test_maps_below_zero_are_signed() -> None:
    positive, signed = np.abs(RNG.normal(size=(1, 3, 4, 4))), RNG.normal(size=(3, 4, 4))
    assert feature_maps(positive).images[0].get_clim()[0] == 0
    assert feature_maps(signed).images[0].get_clim()[0] < 0


def test_channels_of_relevance_are_added_up() -> None:
    parts = RNG.normal(size=(3, 5, 5))
    ax = relevance(RNG.random((3, 5, 5)), parts)
    np.testing.assert_allclose(ax.child_axes[1].images[0].get_array(), parts.sum(axis=0))


def test_mistakes(tally: Tally) -> None:
    refused(tally, ShapeError, "no square image", lambda: filters(np.ones((3, 7))))
    refused(tally, ShapeError, "filters are", lambda: filters(np.ones(4)))
    refused(tally, DataError, "no filter", lambda: filters(np.ones((0, 1, 3, 3))))
    refused(tally, ShapeError, "one image", lambda: feature_maps(np.ones((2, 3, 4, 4))))
    refused(tally, ShapeError, "one place", lambda: relevance(np.ones((4, 4)), np.ones((5, 5))))
    refused(tally, DataError, "weight", lambda: filters(np.full((1, 1, 2, 2), np.nan)))
