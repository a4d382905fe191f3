"""Images as characters: shape, brightness, and what a reader can tell."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.report.blocks import picture, resized, side_by_side


def test_a_small_image_keeps_its_shape() -> None:
    lines = picture(np.zeros((8, 8)), columns=24)
    assert (len(lines), {len(line) for line in lines}) == (8, {16})  # a character is twice as high as wide


def test_a_large_image_fits_and_keeps_its_shape() -> None:
    lines = picture(np.zeros((28, 28)), columns=24)
    assert (len(lines), {len(line) for line in lines}) == (12, {24})


@pytest.mark.parametrize("unicode", [True, False])
def test_brighter_pixels_have_more_ink(unicode: bool) -> None:
    ramp = " ░▒▓█" if unicode else " .:-=+*#%@"
    levels = [ramp.index(picture(np.array([[value]]), 2, unicode=unicode)[0][0]) for value in np.linspace(0, 1, 50)]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, len(ramp) - 1)


def test_ascii_is_ascii() -> None:
    image = np.random.default_rng(0).uniform(0, 1, (28, 28))
    assert "".join(picture(image, 24, unicode=False)).isascii()
    assert not "".join(picture(image, 24)).isascii()


def test_half_blocks_say_which_half() -> None:
    image = np.zeros((4, 4))
    image[0] = 1
    image[3] = 1
    assert picture(image, 4) == ["▀▀▀▀", "▄▄▄▄"]


def test_resizing_keeps_the_mean() -> None:
    image = np.random.default_rng(0).uniform(0, 1, (28, 20))
    small = resized(image, 7, 13)
    assert small.shape == (7, 13)
    np.testing.assert_allclose(small.mean(), image.mean(), rtol=1e-12)
    np.testing.assert_allclose(resized(image, 28, 20), image)


def test_blocks_of_other_heights_stand_side_by_side() -> None:
    assert side_by_side([["a"], ["b", "cc"]], gap=2) == ["a  b", "   cc"]
