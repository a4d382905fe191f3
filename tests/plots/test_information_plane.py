"""The information plane: a curve for each layer, a ring at its end, and a warning where bins are too fine."""

from __future__ import annotations

import numpy as np
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError
from layerwise.insight import InformationPath
from layerwise.plots import information_plane

DATA = lw.data.load("moons", n=120).train


def trained(width: float, *hidden: int) -> InformationPath:
    path = InformationPath(*DATA, width=width)
    net = lw.mlp(2, *(hidden or (3, 3)), 2, activation="tanh")
    lw.fit(
        net, DATA, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.05), epochs=4, listeners=[path], progress=False
    )
    return path


def test_each_layer_has_its_curve_and_its_end() -> None:
    path = trained(0.7)
    ax = information_plane(path)
    lines = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
    for address, points in path.points.items():
        expected = [[each.input_bits, each.target_bits] for each in points]
        np.testing.assert_array_equal(lines[f"layer {address}"], expected)
    assert ax.get_title(loc="left") == "Information plane, epoch 0 to 4, bins of 0.7"
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "information_plane")


def test_bins_that_are_too_fine_are_told() -> None:
    assert information_plane(trained(1e-4)).get_title(loc="left").endswith("are too fine for 84 rows")


def test_what_can_not_be_drawn(tally: Tally) -> None:
    refused(tally, KindError, "path", lambda: information_plane(3))  # type: ignore[arg-type]
    refused(tally, DataError, "no points", lambda: information_plane(InformationPath(*DATA, width=0.1)))
    refused(tally, SettingError, "6 layers", lambda: information_plane(trained(0.7, 2, 2, 2, 2, 2, 2)))
