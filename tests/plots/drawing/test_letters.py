"""Widths of words are those of the font that comes with matplotlib."""

from __future__ import annotations

import pytest
from matplotlib import font_manager, ft2font

from layerwise.plots.drawing.letters import _ADVANCE, broken, fitted, width


@pytest.mark.parametrize("bold", [False, True], ids=["regular", "bold"])
def test_the_table_is_that_of_the_font(bold: bool) -> None:
    weight = "bold" if bold else "normal"
    place = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=weight))
    font = ft2font.FT2Font(place)
    assert font.units_per_EM == 2048
    flags = ft2font.LoadFlags.NO_SCALE
    for letter, advances in _ADVANCE.items():
        assert font.get_char_index(ord(letter)), letter
        assert font.load_char(ord(letter), flags=flags).horiAdvance == advances[bold], letter
    assert len(_ADVANCE) > 150


def test_letters_that_are_not_in_the_table_have_room() -> None:
    assert width("図", 12) == 12
    assert width("e\u0301", 12) == width("e", 12), "a mark above takes no room of its own"
    assert width("Ж", 12) > 8


def test_what_is_cut_fits_and_says_so() -> None:
    long = "AdaptiveAvgPool2d" * 5
    for room in (5, 30, 100, 300):
        cut = fitted(long, room, 12)
        assert width(cut, 12) <= room or len(cut) == 2
        assert cut.endswith("…")
    assert fitted("ReLU", 100, 12) == "ReLU"


def test_lines_hold_all_words_or_say_that_they_do_not() -> None:
    text = "Conv2d(16, 32, 3, stride=2, padding=1, dilation=2)"
    lines = broken(text, 100, 12, most=9)
    assert " ".join(lines) == text
    assert all(width(line, 12) <= 100 for line in lines)
    few = broken(text, 100, 12, most=2)
    assert len(few) == 2
    assert few[1].endswith("…")
