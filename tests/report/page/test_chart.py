"""Curves over the epochs: every point at its place, breaks where numbers are not finite, marks that fit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.support.html import Read

from layerwise.report.page.chart import Curve, chart


def points(svg: str, place: int = 0) -> np.ndarray:
    path = Read(svg).attributes["path"][place]["d"]
    return np.array([[float(x), float(y)] for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)])


def test_a_straight_line_stays_straight() -> None:
    drawn = points(chart("Loss", [Curve("one", [1.0, 2.0, 3.0, 4.0])]))
    assert len(drawn) == 4
    np.testing.assert_allclose(np.diff(drawn, axis=0), np.diff(drawn, axis=0)[[0, 0, 0]], atol=0.11)
    assert (np.diff(drawn[:, 1]) < 0).all(), "up is less in SVG"


def test_a_wide_range_is_logarithmic() -> None:
    drawn = points(chart("Loss", [Curve("one", [1.0, 0.1, 0.01, 0.001])]))
    np.testing.assert_allclose(np.diff(drawn[:, 1]), np.diff(drawn[:, 1])[0], atol=0.2)
    straight = points(chart("Rate", [Curve("", [1.0, 0.1, 0.01, 0.001])], straight=True))
    assert straight[1, 1] - straight[0, 1] > 5 * (straight[2, 1] - straight[1, 1])


def test_a_line_breaks_where_a_number_is_not_finite() -> None:
    path = Read(chart("Loss", [Curve("one", [1.0, float("nan"), 2.0, float("inf"), 3.0, 4.0])])).attributes["path"][0][
        "d"
    ]
    assert (path.count("M"), path.count("L")) == (3, 1)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [0.0, 0.0], [float("nan")], [-1.0, 1e9], [1e-12, 1e-3]])
def test_whatever_the_numbers_all_stays_inside(values: list[float]) -> None:
    read = Read(chart("Loss", [Curve("one", values, "train"), Curve("two", values[::-1])], mark=(1, "lowest, epoch 1")))
    width, height = map(float, read.attributes["svg"][0]["viewbox"].split()[2:])
    for each in read.attributes["text"]:
        assert 0 <= float(each["x"]) <= width
        assert 0 < float(each["y"]) <= height
    assert len(read.texts["text"]) >= 2


def test_a_long_run_takes_little_room_and_keeps_its_peak() -> None:
    values = np.ones(50_000)
    values[31_234] = 7.0
    svg = chart("Loss", [Curve("one", values.tolist())])
    assert len(svg) < 25_000
    assert points(svg)[:, 1].min() == points(chart("Loss", [Curve("one", [1.0, 7.0])]))[:, 1].min()


def test_the_key_names_the_lines_and_words_say_the_end() -> None:
    read = Read(
        chart("Loss", [Curve("training", [2.0, 1.0], "train"), Curve("validation", [3.0, 1.5])], note="by epoch")
    )
    assert "training" in read.texts["figcaption"][0]
    assert "by epoch" in read.texts["figcaption"][0]
    assert read.attributes["svg"][0]["aria-label"] == "Loss by epoch. training ends at 1; validation ends at 1.5"
