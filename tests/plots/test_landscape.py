"""The map of a landscape: the way where it went, the share that the plane holds, and a readable bar of losses."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, KindError
from layerwise.insight import Landscape
from layerwise.plots import landscape

A, B = np.linspace(-2, 1, 21), np.linspace(-1, 2, 17)
BOWL = A[None] ** 2 + 3 * B[:, None] ** 2
WAY = np.array([[-1.5, 1.5], [-1.0, 0.2], [-0.4, -0.1], [0.0, 0.0]])


def found(losses: np.ndarray, way: bool = True, kind: str = "path") -> Landscape:
    extra = {"way": WAY, "way_losses": np.array([9.0, 1.3, 0.2, 0.1]), "held": 0.934} if way else {}
    return Landscape(A, B, losses, np.zeros((2, 4)), np.zeros(4), kind, **extra)


def test_the_way_is_drawn_where_it_went() -> None:
    ax = landscape(found(BOWL + 1))
    assert ax.get_title(loc="left") == "Loss in two directions of the path; they hold 93 % of the way"
    line = next(each for each in ax.get_lines() if each.get_label().startswith("the way"))
    np.testing.assert_array_equal(line.get_xydata(), WAY)
    assert line.get_label() == "the way: loss 9 to 0.1"
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "landscape")


@pytest.mark.parametrize("losses", [BOWL + 0.01, BOWL * 0, np.exp(5 * BOWL), BOWL - 5], ids=range(4))
def test_every_range_of_losses_can_be_read(losses: np.ndarray) -> None:
    ax = landscape(found(losses, way=False, kind="random"))
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert "loss" in ax.figure.axes[1].get_ylabel()


def test_what_leaves_the_numbers_is_at_the_top() -> None:
    losses = BOWL + 1
    losses[:3] = np.inf
    assert_readable(landscape(found(losses)).figure)


def test_what_is_no_landscape(tally: Tally) -> None:
    refused(tally, KindError, "found", lambda: landscape(BOWL))  # type: ignore[arg-type]
    refused(tally, DataError, "span", lambda: landscape(found(np.full_like(BOWL, np.inf))))
