"""Curves of characters: what they show, and how wide they are."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.report.curve import HEIGHT, curve_lines
from layerwise.report.look import Look


def test_the_first_is_highest_and_the_last_lowest():
    lines = curve_lines([8.0, 4.0, 1.0])
    assert lines[0].endswith("│●")
    assert lines[HEIGHT - 1] == "  1 │  ●"


@pytest.mark.parametrize("count", [1, 2, 59, 60, 61, 5000])
@pytest.mark.parametrize("width", [20, 80])
def test_any_number_of_losses_fits(count, width):
    lines = curve_lines(list(np.geomspace(1, 1e-3, count)), Look(width=width))
    assert max(map(len, lines)) <= max(width, 21)
    assert sum("●" in line for line in lines) >= min(count, 6)


def test_a_wide_range_is_logarithmic():
    lines = curve_lines([1000.0, 10.0, 0.1])
    assert "logarithmic" in lines[-1]
    rows = [row for row, line in enumerate(lines) if "●" in line]
    assert rows == [0, 4, HEIGHT - 1] or rows == [0, 3, HEIGHT - 1]


def test_what_is_no_number_ends_the_curve():
    assert curve_lines([2.0, 1.0, np.nan])[-1].endswith("1 to 2")
    assert curve_lines([np.inf]) == ["  no loss was ever a number"]


def test_a_constant_loss_is_a_line_at_the_bottom():
    assert curve_lines([1.0, 1.0])[HEIGHT - 1].endswith("●●")


def test_what_is_rounding_is_no_curve():
    lines = curve_lines([49.67, 49.67000001, 49.66999])
    assert lines[HEIGHT - 1] == "  49.67 │●●●"
    assert lines[0] == "        │"


def test_plain_ascii():
    assert "".join(curve_lines([2.0, 1.0], Look(unicode=False))).isascii()
