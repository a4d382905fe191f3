"""Where cells stand: no two in one place, in order, with the same room between neighbours of one axis."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.plots.arrays.nesting import BREAK, direction, widest_cell


@pytest.mark.parametrize("counts", [(1,), (7,), (2, 3), (3, 2, 4), (2, 2, 2, 2)], ids=str)
@pytest.mark.parametrize("cell", [2, 5, 20])
def test_cells_lie_side_by_side_and_gaps_widen_outwards(counts: tuple[int, ...], cell: int) -> None:
    found = direction(range(len(counts)), counts, [0] * len(counts), cell)
    starts = found.starts
    assert len(starts) == np.prod(counts)
    steps = np.diff(starts) - cell
    assert (steps >= 0).all()
    assert found.length == starts[-1] + cell
    inner = np.ones(counts, bool)
    gaps = [steps[[k for k in range(len(steps)) if (k + 1) % np.prod(counts[axis:]) != 0 and
                   (k + 1) % np.prod(counts[axis + 1 :]) == 0]] for axis in range(len(counts))]  # fmt: skip
    assert inner.all()
    for each in gaps:
        assert len(set(each.tolist())) <= 1
    seen = [each[0] for each in gaps if len(each)]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen)
    assert [axis.end for axis in found.axes] == sorted((axis.end for axis in found.axes), reverse=True)


def test_where_places_are_left_out_there_is_room_for_dots() -> None:
    found = direction([0], [6], [3], 10)
    assert np.diff(found.starts).tolist() == [10, 10, 10 + BREAK, 10, 10]
    (dot,) = found.breaks
    assert found.starts[2] + 10 < dot < found.starts[3]


def test_the_widest_cell_fits() -> None:
    for count in (1, 10, 50, 128):
        cell = widest_cell([0], [count], [0], 640, 22)
        assert direction([0], [count], [0], cell).length <= 640
        assert cell == 22 or direction([0], [count], [0], cell + 1).length > 640
