"""Which elements are shown: never too many, always the ends, the inner axes longest."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.plots.arrays.selection import LONGEST, selection

SHAPES = [
    (),
    (5,),
    (10_000,),
    (64, 64),
    (784, 128),
    (2, 50_000),
    (50_000, 2),
    (64, 3, 28, 28),
    (9,) * 6,
    (2,) * 16,
    (3, 0),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("most", [16, 1000, 5000, 65_536])
def test_the_ends_of_each_axis_and_never_too_many(shape: tuple[int, ...], most: int) -> None:
    found = selection(shape, most)
    assert np.prod(found.counts) <= max(most, 4)
    for size, places, split in zip(shape, found.places, found.breaks, strict=True):
        assert len(places) <= LONGEST
        assert (np.diff(places) >= 1).all()
        if len(places) < size:
            assert places[0] == 0
            assert len(places) == 1 or places[-1] == size - 1
            assert len(places) == 1 or np.flatnonzero(np.diff(places) > 1).tolist() == [split - 1]
        else:
            assert split == 0
    assert found.whole == (found.sentence == "")


def test_small_arrays_are_whole() -> None:
    for shape in [(), (60,), (64, 64), (128, 39), (3, 4, 5, 6)]:
        assert selection(shape, 5000).whole
