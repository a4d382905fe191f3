"""Mixing goes through OKLab: its corners are known numbers, and halfway is halfway in lightness."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from tests.plots.colour_vision import contrast

from layerwise.plots import style
from layerwise.plots.style.mixing import from_oklab, hexadecimal, to_oklab

KNOWN = {"#ffffff": (1.0, 0.0, 0.0), "#000000": (0.0, 0.0, 0.0), "#ff0000": (0.62796, 0.22486, 0.12585)}
KNOWN |= {"#00ff00": (0.86644, -0.23389, 0.17950), "#0000ff": (0.45201, -0.03246, -0.31153)}
"""As every implementation of CSS Color 4 gives them."""


@pytest.mark.parametrize("colour", KNOWN)
def test_known_colours(colour: str) -> None:
    np.testing.assert_allclose(to_oklab(np.array(style.rgb(colour)) / 255), KNOWN[colour], atol=2e-4)


def test_there_and_back() -> None:
    colours = np.random.default_rng(0).uniform(size=(5, 40, 3))
    np.testing.assert_allclose(from_oklab(to_oklab(colours)), colours, atol=1e-7)


def test_the_ends_are_the_colours_and_the_middle_is_half_as_light() -> None:
    for one, other in (("#000000", "#ffffff"), (style.ACCENT, style.GROUND), (style.NEGATIVE, style.POSITIVE)):
        assert style.mix(one, other, 0) == other
        assert style.mix(one, other, 1) == one
        ends = [to_oklab(np.array(style.rgb(each)) / 255) for each in (one, other)]
        middle = to_oklab(np.array(style.rgb(style.mix(one, other, 0.5))) / 255)
        np.testing.assert_allclose(middle, np.mean(ends, axis=0), atol=0.004)


def test_places_beyond_the_ends_are_the_ends() -> None:
    stops = ["#112233", "#aabbcc", "#ffeedd"]
    assert [hexadecimal(each) for each in style.blend(np.array([-3, 0, 0.5, 1, 7]), stops)] == [
        "#112233", "#112233", "#aabbcc", "#ffeedd", "#ffeedd",
    ]  # fmt: skip


def test_maps_have_the_ground_in_the_middle_and_full_colours_at_the_ends() -> None:
    signed = style.diverging()
    assert [to_hex(signed(place)) for place in (0.0, 0.5, 1.0)] == [style.NEGATIVE, style.ZERO, style.POSITIVE]
    assert to_hex(style.diverging(style.INK)(1.0)) == style.INK
    magnitude = style.sequential()
    assert [to_hex(magnitude(place)) for place in (0.0, 1.0)] == [style.SEQUENTIAL[0], style.SEQUENTIAL[-1]]


def test_luminance_is_that_of_contrast() -> None:
    for colour in (style.INK, style.ACCENT, "#ffffff"):
        bright = float(style.luminance(np.array(style.rgb(colour)) / 255))
        assert (bright + 0.05) / 0.05 == pytest.approx(contrast(colour, "#000000"), rel=1e-3)
