"""Cells as pixels: colours by number, marks by shape."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.plots import style
from layerwise.plots.arrays import raster


def test_colours_lie_on_paper_as_the_palette_mixes_them() -> None:
    table = raster.colour_table()
    assert len(table) <= 256
    ground = np.array(style.rgb(style.ZERO))
    for level, (*colour, alpha) in zip(range(-100, 101), table[raster._FIRST :], strict=True):
        seen = ground + alpha / 255 * (np.array(colour) - ground)
        end = style.POSITIVE if level > 0 else style.NEGATIVE
        wanted = np.array(style.rgb(style.mix(end, style.ZERO, style.TILE * abs(level) / 100)))
        assert np.abs(seen - wanted).max() < 3, level


def test_numbers_of_colours_go_one_way() -> None:
    values = np.linspace(-3, 3, 601)
    found = raster.colours_of(values, 2.0)
    assert (np.diff(found) >= 0).all()
    assert found[0] == found[100] == raster._FIRST
    assert found[-1] == found[500] == raster._FIRST + 200
    assert raster.colours_of(np.array([0.0]), 2.0)[0] == raster._FIRST + 100


@pytest.mark.parametrize("cell", [2, 3, 4, 6, 9, 22])
def test_every_cell_is_filled_and_marks_stay_inside(cell: int) -> None:
    values = np.array([[np.nan, np.inf], [-np.inf, 5.0], [1.0, -1.0]])
    rows, columns = np.arange(3) * cell, np.arange(2) * cell
    picture = raster.paint(values, rows, columns, 3 * cell, 2 * cell, cell, 1.0)
    assert picture.shape == (3 * cell + 1, 2 * cell + 1)
    kinds = [set(np.unique(picture[r + 1 : r + cell - 1, c + 1 : c + cell - 1])) for r in rows for c in columns]
    if cell > 2:
        full = raster._FIRST + 200
        base = [raster.NAN, raster.INFINITE, raster.INFINITE, full, full, raster._FIRST]
        marks = [raster.NAN_INK, raster.INFINITE_INK, raster.INFINITE_INK, raster.NOTCH, full, raster._FIRST]
        for found, plain, mark in zip(kinds, base, marks, strict=True):
            assert plain in found or cell == 6
            assert (mark in found) == (cell >= raster.LEAST_MARKED or mark == plain)
    assert raster.marks_of(values, 1.0) == (1, 2, 1)
