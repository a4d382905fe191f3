"""A line a layer with the numbers of the recording, on every kind of network; histograms whose bins are the data's."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from tests.insight.test_layer_history import NETWORKS, watched
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError
from layerwise.insight import LayerHistory
from layerwise.insight.layer_history import SIZES, LayerRecord, Spread
from layerwise.plots import layers_over_time, spread_over_time


def made(layers: int = 3, steps: int = 40) -> LayerHistory:
    """A recording by hand, so that its picture is the same on every machine."""
    watch = LayerHistory(every=5)
    watch.steps = list(range(1, 5 * steps, 5))
    draw = np.random.default_rng(0)
    for k in range(layers):
        sizes = {kind: list(0.1 * 3.0**-k * np.exp(-np.arange(steps) / 30) * (1 + 0.2 * draw.random(steps)))
                 for kind in SIZES}  # fmt: skip
        edges = [np.linspace(-1 - s / 20, 1 + s / 30, 21) for s in range(steps)]
        spread = [
            Spread(step, e, draw.poisson(40 * np.exp(-(e[:-1] ** 2) * 4)))
            for step, e in zip(watch.steps, edges, strict=True)
        ]
        watch.parameters[f"{2 * k}.weight"] = LayerRecord(sizes, {"weight": spread, "gradient": spread})
        watch.layers[f"{2 * k}"] = LayerRecord(sizes, {"activation": spread})
    return watch


@pytest.mark.parametrize("kind", SIZES)
def test_every_kind_of_size_is_drawn(kind: str) -> None:
    watch = made()
    ax = layers_over_time(watch, kind)
    drawn = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    for line, sizes in zip(drawn, watch.of(kind).values(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.stack([watch.steps, sizes], axis=1))
    assert ax.get_yscale() == "log"
    assert_dressed(ax)


def test_the_looks() -> None:
    ax = layers_over_time(made(), "ratio")
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "layers_over_time")
    ax = spread_over_time(made(), "0.weight")
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "spread_over_time")


@pytest.mark.slow
@pytest.mark.parametrize("kind", NETWORKS)
def test_every_kind_of_network(kind: str) -> None:
    layers, x = NETWORKS[kind]
    watch = LayerHistory(every=2, spreads=True)
    watched(layers(), x, watch)
    for ax in (layers_over_time(watch), layers_over_time(watch, "activation"),
               spread_over_time(watch, next(iter(watch.parameters))), spread_over_time(watch, "0")):  # fmt: skip
        assert_readable(ax.figure)


@pytest.mark.slow
def test_a_deep_network_shows_some_and_says_so() -> None:
    ax = layers_over_time(made(layers=30), "weight")
    assert len([line for line in ax.get_lines() if not line.get_label().startswith("_")]) == 12
    assert "18 of 30 layers not drawn" in ax.get_title(loc="left")
    assert_readable(ax.figure)


def test_the_bins_reach_from_the_least_number_to_the_greatest() -> None:
    watch = made(steps=4)
    ax = spread_over_time(watch, "2", "activation")
    (boxes,) = [each for each in ax.collections if isinstance(each, PolyCollection)]
    ends = [each.edges[[0, -1]] for each in watch.layers["2"].spreads["activation"]]
    heights = np.concatenate([path.vertices[:, 1] for path in boxes.get_paths()])
    assert np.min(ends) <= heights.min()
    assert heights.max() <= np.max(ends)


def test_mistakes(tally: Tally) -> None:
    refused(tally, DataError, "nothing was recorded", lambda: layers_over_time(LayerHistory()))
    refused(tally, SettingError, "kind must be", lambda: layers_over_time(made(), "norm"))
    refused(tally, SettingError, "nothing is recorded of", lambda: spread_over_time(made(), "9.weight"))
    bare = made()
    bare.layers["0"].spreads.clear()
    refused(tally, DataError, "spreads=True", lambda: spread_over_time(bare, "0"))
