"""The twin of max pooling where the image is as low as its padding, and where a window sees nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise import formulas
from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import pooling as twins

SETTINGS = [
    ((2, 2), (2, 2), (1, 1), (1, 1)),
    ((3, 2), (1, 2), (1, 1), (1, 2)),
    ((1, 2), (1, 1), (0, 1), (1, 2)),
    ((2, 2), (1, 1), (1, 1), (4, 4)),
    ((1, 1), (1, 1), (2, 1), (1, 1)),  # the first windows lie outside
]


@pytest.mark.parametrize("sides", [(1, 1), (2, 2), (3, 5), (1, 4), (6, 6)])
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("ends", [(-np.inf,), (-np.inf, np.nan), (-np.inf, -1.0), (np.nan, np.inf, 0.0)])
def test_the_winner_is_a_number_of_the_image_as_by_the_formula(sides, settings, ends):
    kernel, _, padding, dilation = settings
    if any(s + 2 * p < d * (k - 1) + 1 for s, p, d, k in zip(sides, padding, dilation, kernel, strict=True)):
        pytest.skip("the window does not fit")
    rng = generator(8, "low images", layer=str((sides, settings, len(ends))))
    x = rng.choice(np.array(ends), size=(2, 3, *sides))
    y, backward = twins.max_pool2d(x, *settings)
    expected, readable = formulas.max_pool2d(x, *settings)
    np.testing.assert_array_equal(y, expected)
    dy = rng.normal(size=y.shape)
    np.testing.assert_allclose(backward(dy), readable(dy), rtol=1e-12, atol=1e-14)
