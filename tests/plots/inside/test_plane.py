"""Points of every class with a mark of its own, and axes that say what they are."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import ShapeError
from layerwise.insight import in_plane
from layerwise.plots import representation

RNG = np.random.default_rng(0)
LABELS = np.repeat(np.arange(10), 9)
HIDDEN = 3 * RNG.normal(size=(10, 6))[LABELS] + RNG.normal(size=(90, 6))


def test_ten_classes_have_ten_marks() -> None:
    ax = representation(HIDDEN, LABELS)
    marks = {
        (tuple(each.get_facecolor()[0]), tuple(each.get_edgecolor()[0]), len(each.get_paths()[0].vertices))
        for each in ax.collections
    }
    assert len(marks) == len(ax.collections) == 10
    points = np.concatenate([each.get_offsets() for each in ax.collections])
    np.testing.assert_allclose(points, in_plane(HIDDEN).points)
    assert "principal component 1: " in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list("0123456789")
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "representation")


def test_without_labels_there_is_no_key() -> None:
    ax = representation(HIDDEN.reshape(90, 2, 3))
    assert ax.get_legend() is None
    assert_readable(ax.figure)


@pytest.mark.slow
def test_neighbours_have_no_axes() -> None:
    ax = representation(HIDDEN[:30], LABELS[:30], [f"class {k}" for k in range(10)], method="tsne")
    assert "distances don't" in ax.get_title(loc="left")
    assert len(ax.get_xticks()) == 0
    assert_readable(ax.figure)


def test_mistakes(tally: Tally) -> None:
    refused(tally, ShapeError, "labels", lambda: representation(HIDDEN, LABELS[:3]))
    refused(tally, ShapeError, "whole numbers", lambda: representation(HIDDEN, LABELS + 0.5))
