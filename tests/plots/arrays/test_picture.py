"""Any array is a picture: its cells are its numbers, marks stand where colour fails, and its bytes are bounded."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest
from tests.plots.colour_vision import contrast
from tests.plots.drawing.test_drawing import assert_in_order
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import KindError, SettingError
from layerwise.plots import array_picture, style
from layerwise.plots.drawing.items import Cells, Disc, Line, Sheet, Text

rng = np.random.default_rng(0)
ARRAYS: dict[str, Any] = {
    "a number": 3.0,
    "a row": rng.normal(size=7),
    "a matrix": rng.normal(size=(12, 20)),
    "a column": rng.normal(size=(30, 1)),
    "three axes": rng.normal(size=(3, 4, 5)),
    "images": rng.normal(size=(64, 3, 28, 28)).astype(np.float32),
    "five axes": rng.normal(size=(2, 3, 4, 5, 6)),
    "eight axes": rng.normal(size=(2,) * 8),
    "labels": rng.integers(-9, 20, (4, 9)),
    "bools": rng.random((6, 8)) > 0.5,
    "long numbers": rng.integers(-(10**9), 10**9, (3, 3)),
    "a long row": rng.normal(size=10_000),
    "a wide matrix": rng.normal(size=(784, 128)).astype(np.float32),
    "a million": rng.normal(size=(1000, 1000)).astype(np.float32),
    "a strip": rng.normal(size=(2, 50_000)).astype(np.float32),
    "no elements": np.zeros((3, 0)),
    "no numbers": np.full((3, 3), np.nan),
    "zeros": np.zeros((4, 4)),
    "huge": np.array([[1e308, -1e308], [1e300, 0.0]]),
    "tiny": np.array([[5e-324, 0.0]]),
    "not contiguous": rng.normal(size=(40, 40))[::3, ::-2].T,
}


def words(sheet: Sheet) -> list[str]:
    return [item.words for item in sheet.items if isinstance(item, Text)]


def pixels(sheet: Sheet) -> np.ndarray:
    """The cells as they look on light paper, (H, W, 3)."""
    cells = next(item for item in sheet.items if isinstance(item, Cells))
    picture = PIL.Image.open(io.BytesIO(cells.png)).convert("RGBA")
    width, height = cells.box.right - cells.box.left, cells.box.bottom - cells.box.top
    assert picture.size == (round(width), round(height))
    paper = PIL.Image.new("RGBA", picture.size, style.GROUND)
    return np.asarray(PIL.Image.alpha_composite(paper, picture).convert("RGB"))


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("most", [5000, 65_536])
def test_every_array_fits_and_takes_less_than_200_kilobytes(name: str, most: int) -> None:
    picture = array_picture(ARRAYS[name], title=name, most=most)
    assert len(picture.svg.encode()) < 200_000
    assert_in_order(picture.sheet)
    cells = [item for item in picture.sheet.items if isinstance(item, Cells)]
    labels = [item for item in picture.sheet.items if isinstance(item, Text)]
    if cells:
        assert cells[0].box.right - cells[0].box.left < 700
        digits = np.asarray(ARRAYS[name]).dtype.kind in "bi"
        assert digits or not any(cells[0].box.meets(text.box) for text in labels)


def test_each_cell_has_the_colour_of_its_number() -> None:
    values = np.array([[0.0, 0.5, 1.0], [-1.0, -0.25, 0.0]])
    seen = pixels(array_picture(values).sheet)
    side = (seen.shape[0] - 1) // 2
    for (row, column), value in np.ndenumerate(values):
        end = style.POSITIVE if value > 0 else style.NEGATIVE
        wanted = style.rgb(style.mix(end, style.ZERO, style.TILE * abs(value)))
        found = seen[side * row + side // 2, side * column + side // 2]
        assert np.abs(found - np.array(wanted)).max() <= 2, (row, column)


def test_cells_are_square_and_all_of_one_size() -> None:
    seen = pixels(array_picture(np.indices((5, 9)).sum(axis=0) % 2).sheet)
    assert (seen.shape[0] - 1) % 5 == 0
    assert (seen.shape[1] - 1) // 9 == (seen.shape[0] - 1) // 5


def test_axes_have_their_names_and_sizes_and_the_outer_ones_wider_gaps() -> None:
    picture = array_picture(np.ones((2, 2, 3, 3), np.float32), axes=("N", "C", "H", "W"))
    assert {"N = 2", "C = 2", "H = 3", "W = 3"} <= set(words(picture.sheet))
    seen = pixels(picture.sheet)
    paper = np.array(style.rgb(style.GROUND))
    empty = [int((np.abs(seen - paper).max(axis=2) == 0).all(axis=axis).sum()) for axis in (0, 1)]
    assert min(empty) >= 6  # a gap across, and one down
    lines = [item for item in picture.sheet.items if isinstance(item, Line)]
    lengths = sorted(abs(a - c) + abs(b - d) for ((a, b), (c, d)) in (line.points for line in lines))
    assert lengths[0] == pytest.approx(lengths[1])
    assert lengths[1] < lengths[2] / 2
    assert "axis 1 = 3" in words(array_picture(np.ones((2, 3))).sheet)


def test_colours_are_full_at_three_standard_deviations() -> None:
    values = np.zeros(1000)
    values[:3] = 100.0, 1.0, -1.0
    spread = 3 * float(np.sqrt((values**2).mean()))
    assert f"{spread:.4g}" in words(array_picture(values).sheet)
    assert "1 beyond the scale" in words(array_picture(values).sheet)
    assert "beyond" not in " ".join(words(array_picture(np.array([1.0, -2.0])).sheet))
    assert {"−7", "0", "7"} <= set(words(array_picture([1.0, -2.0], limit=7).sheet))
    assert "−2" not in words(array_picture([[1.0, 2.0]]).sheet), "a key of what is there"


def test_marks_tell_apart_what_colour_does_not() -> None:
    plain = np.full((2, 2), 0.1)
    plain[1, 1] = 1.0
    looks = []
    for odd in (0.1, np.nan, np.inf, -np.inf, 9.0):
        values = plain.copy()
        values[0, 0] = odd
        looks.append(pixels(array_picture(values, limit=1.0).sheet)[1:21, 1:21].tobytes())
    assert len(set(looks)) == 5
    said = words(array_picture([np.nan, np.inf, -np.inf, 1.0, 9.0], limit=1.0).sheet)
    assert {"1 NaN", "2 infinite", "1 beyond the scale", "In the whole array: 1 NaN and 2 infinite."} <= set(said)
    # In cells too small for a mark, what is no number still has a colour of its own.
    values = np.zeros((100, 100))
    values[0, 0] = np.nan
    small = pixels(array_picture(values, most=10_000).sheet)
    assert len(np.unique(small.reshape(-1, 3), axis=0)) >= 2


def test_whole_numbers_are_written_into_their_squares() -> None:
    labels = np.arange(-3, 9).reshape(3, 4)
    sheet = array_picture(labels).sheet
    (cells, *_) = [item for item in sheet.items if isinstance(item, Cells)]
    inside = [item for item in sheet.items if isinstance(item, Text) and cells.box.holds(item.box)]
    assert [item.words for item in inside] == [str(value) for value in range(-3, 9)]
    side = (cells.box.right - cells.box.left - 1) / 4
    for place, item in enumerate(inside):
        assert int((item.x - cells.box.left) // side) == place % 4
        assert int((item.y - cells.box.top) // side) == place // 4
    seen = pixels(sheet)
    assert (
        min(contrast("#" + bytes(colour).hex(), style.INK) for colour in np.unique(seen.reshape(-1, 3), axis=0)) > 4.5
    )
    assert not any("3" in text for text in words(array_picture(labels.astype(float)).sheet)[2:] if text.isdecimal())
    assert len(words(array_picture(np.ones((50, 50), int)).sheet)) < 20


def test_of_a_large_array_the_edges_are_shown_and_it_is_said() -> None:
    values = np.zeros((1000, 1000), np.float32)
    values[[0, 0, -1, -1], [0, -1, 0, -1]] = 1.0
    values[500, 500] = -5.0
    picture = array_picture(values, limit=1.0)
    assert "4,900 of 1,000,000 elements are shown: 70 × 70 of 1,000 × 1,000, the edges of each long axis." in words(
        picture.sheet
    )
    seen = pixels(picture.sheet)
    full = np.array(style.rgb(style.mix(style.POSITIVE, style.ZERO, style.TILE)))
    for row in (3, -4):
        for column in (3, -4):
            assert np.abs(seen[row, column] - full).max() <= 2
    assert any(text.startswith("float32: from −5 to 1") for text in words(picture.sheet)), "of all elements"
    assert len([item for item in picture.sheet.items if isinstance(item, Disc)]) == 6
    assert not any("elements are shown" in text for text in words(array_picture(np.ones((60, 60))).sheet))


def test_printed_it_is_the_numbers() -> None:
    assert str(array_picture([1.0, 2.5], title="b")) == "b, 2, float64: from 1 to 2.5, mean 1.75, RMS 1.904\n[1.  2.5]"


def test_what_does_not_fit_is_refused(tally: Tally) -> None:
    refused(tally, KindError, "values must hold real numbers", lambda: array_picture(["a"]))
    refused(tally, KindError, "complex", lambda: array_picture([1j]))
    refused(tally, SettingError, "axes must name each of the 2 axes", lambda: array_picture([[1.0]], axes=("x",)))
    refused(tally, SettingError, "limit", lambda: array_picture([1.0], limit=-1))
    refused(tally, SettingError, "most must be at least 16", lambda: array_picture([1.0], most=3))
