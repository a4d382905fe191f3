"""Pictures as PNG files, read by another library."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from layerwise.pages.png import png


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (64, 1), (200, 300)])
def test_another_library_reads_the_same_pixels(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, shape)
    colours = rng.integers(0, 256, (256, 4))
    read = PIL.Image.open(io.BytesIO(png(picture, [tuple(map(int, each)) for each in colours])))
    read.load()
    np.testing.assert_array_equal(np.asarray(read.convert("RGBA")), colours[picture])


def test_repeated_rows_cost_nearly_nothing() -> None:
    row = np.random.default_rng(0).integers(0, 200, 500)
    once, often = (len(png(np.tile(row, (count, 1)), [(0, 0, 0, 255)] * 200)) for count in (1, 400))
    assert often < once + 1500
