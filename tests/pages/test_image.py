"""PNG files that others read, with the pixels that went in."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from layerwise.pages.image import address_of, image_of
from layerwise.pages.png import png_of_brightness as png


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (28, 28), (4, 3, 3)])
def test_another_reader_sees_the_pixels(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).random(shape)
    read = np.asarray(Image.open(io.BytesIO(png(pixels))))
    assert read.shape == shape
    np.testing.assert_array_equal(read, np.round(255 * pixels))


def test_brightness_beyond_the_ends_is_the_end() -> None:
    assert np.asarray(Image.open(io.BytesIO(png(np.array([[-1.0, 2.0]]))))).tolist() == [[0, 255]]


def test_an_address_holds_the_file() -> None:
    pixels = np.eye(3)
    assert base64.b64decode(image_of(pixels).partition("base64,")[2]) == png(pixels)
    assert address_of(b"abc") == "data:image/png;base64,YWJj"
