"""What hidden units cut: borders where they are 0, and as many regions as geometry says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.plots.style.test_axes import HOSTILE
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import hidden_fields, hidden_regions, new_panels, save_figure

X = np.random.default_rng(0).uniform(-1, 1, size=(50, 2))


def net_of(weight: Any, bias: Any, features: int = 2) -> lw.Network:
    net = lw.Network(lw.Linear(features, len(bias)), lw.ReLU(), lw.Linear(len(bias), 1), seed=0, dtype="float64")
    net[0].weight, net[0].bias = weight, bias
    return net


def test_lines_in_general_position_cut_as_many_regions_as_geometry_says() -> None:
    angles = np.pi * (np.arange(5) + 0.5) / 5
    weight = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    offsets = np.array([0.05, -0.15, 0.2, 0.1, -0.05])
    for count in (1, 2, 5):
        ax = hidden_regions(net_of(weight[:count], offsets[:count]), 2 * X, resolution=40)
        regions = 1 + count + count * (count - 1) // 2
        said = ax.get_title(loc="left")
        assert said == f"{count} unit{'s'[: count != 1]} cut{'s'[: count == 1]} the plane into {regions} regions"


def test_each_border_is_where_its_unit_is_zero() -> None:
    ax = hidden_regions(net_of([[1, 0], [0, 1], [1, 1]], [0.25, 0, 0]), X, resolution=41)
    lines = [each for each in ax.collections if hasattr(each, "levels")]
    places = [np.concatenate([path.vertices for path in line.get_paths()]) for line in lines]
    for place, (a, b, c) in zip(places, [(1, 0, 0.25), (0, 1, 0), (1, 1, 0)], strict=True):
        np.testing.assert_allclose(place @ [a, b] + c, 0, atol=1e-9)
    handles = ax.get_legend().legend_handles
    assert [handle.get_label() for handle in handles] == ["h1", "h2", "h3"]
    assert len({handle.get_color() for handle in handles}) == 3


def test_units_that_are_zero_nowhere_cut_nothing() -> None:
    ax = hidden_regions(net_of([[1, 0], [0, 0], [1, 0]], [0, 1, 9]), X, resolution=41)
    assert ax.get_title(loc="left") == "1 of 3 units cuts the plane into 2 regions"


def test_borders_of_a_later_layer_bend_and_their_regions_hang_together() -> None:
    net = lw.Network(lw.Linear(2, 2), lw.ReLU(), lw.Linear(2, 1), lw.ReLU(), lw.Linear(1, 1), dtype="float64")
    net[0].weight, net[0].bias = [[1, 0], [-1, 0]], [0, 0]
    net[2].weight, net[2].bias = [[1, 1]], [-0.5]  # |x1| - 0.5: two borders, three regions, two patterns of sides
    ax = hidden_regions(net, X, layer="2", resolution=81)
    assert ax.get_title(loc="left") == "1 unit cuts the plane into about 3 regions"


def test_classes_are_told_by_their_markers() -> None:
    y = (X[:, 0] > 0).astype(int)
    ax = hidden_regions(net_of([[1, 0]], [0]), X, y, resolution=41)
    points = [each for each in ax.collections if not hasattr(each, "levels")]
    assert [len(each.get_offsets()) for each in points] == [(y == 0).sum(), (y == 1).sum()]
    assert len({each.get_paths()[0].vertices.tobytes() for each in points}) == 2


def test_a_wider_table_and_given_axes() -> None:
    wide = np.column_stack([X, X + 5])
    net = net_of([[0, 0, 0, 1]], [-5], features=4)
    (ax,) = new_panels(1, 4.0, 4.0)
    assert hidden_regions(net, wide, features=(3, 0), ax=ax, labels=("d", "a"), resolution=41) is ax
    assert ax.get_title(loc="left").startswith("1 unit cuts the plane into 2 regions\nthe other 2 features held")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("d", "a")


def test_fields_are_the_units_on_one_scale() -> None:
    net = net_of([[1, 0], [0, -3], [0, 0]], [0, 0, 1])
    panels = hidden_fields(net, X, resolution=11)
    assert [ax.get_title(loc="left") for ax in panels] == ["h1", "h2", "h3"]
    limits = {ax.get_images()[0].get_clim() for ax in panels}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high
    field = np.asarray(panels[1].get_images()[0].get_array())
    np.testing.assert_allclose(field[:, 0], -3 * np.linspace(*panels[1].get_images()[0].get_extent()[2:], 11))
    assert f"orange {high:.4g}" in panels[0].figure.get_suptitle()
    assert len(panels[0].figure.axes) == 3


def test_they_look_as_they_did() -> None:
    net = net_of([[1, 0.4], [0.2, -1], [1, 1]], [0.1, 0, -0.4])
    y = (X.sum(axis=1) > 0).astype(int)
    ax = hidden_regions(net, X, y, resolution=80)
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "hidden_regions")
    panels = hidden_fields(net, X, y, resolution=30)
    assert_readable(panels[0].figure)
    assert_looks_like(panels[0].figure, "hidden_fields")


def test_of_a_wide_layer_the_first_units_are_shown_and_it_is_said() -> None:
    net = lw.Network(lw.Linear(2, 20), lw.Tanh(), lw.Linear(20, 1), seed=0)
    panels = hidden_fields(net, X, resolution=5)
    assert len(panels) == 16
    assert "the first 16 of 20 units" in panels[0].figure.get_suptitle()
    assert len(hidden_regions(net, X, resolution=9).get_legend().get_texts()) <= 16


def test_nothing_is_changed_and_no_global_setting_counts(tmp_path: Path) -> None:
    net = net_of([[1, 0.5], [0.2, -1]], [0.1, 0])
    before = net.theta.copy()

    def pngs() -> list[bytes]:
        found = []
        for name, ax in (("a", hidden_regions(net, X, resolution=20)), ("b", hidden_fields(net, X, resolution=9)[0])):
            save_figure(ax, tmp_path / f"{name}.png", dpi=50)
            found.append((tmp_path / f"{name}.png").read_bytes())
        return found

    plain = pngs()
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        assert pngs() == plain
    assert (net.theta == before).all()


def test_what_can_not_be_drawn_is_refused(tally: Tally) -> None:
    net = net_of([[1, 0]], [0])
    refused(tally, SettingError, "no Linear at the address '1'", lambda: hidden_regions(net, X, layer="1"))
    refused(tally, SettingError, "the network has none", lambda: hidden_fields(lw.Network(lw.ReLU()), X))
    refused(tally, ShapeError, "features", lambda: hidden_regions(net, np.zeros((5, 3))))
    refused(tally, SettingError, "one class for each point", lambda: hidden_regions(net, X, [1, 2]))
