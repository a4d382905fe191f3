"""Rows of dots: every number at its place, strokes at the means, and what does not fit is refused."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import SettingError, ShapeError
from layerwise.plots import dots


def test_every_number_has_its_row_and_several_have_a_stroke_at_their_mean() -> None:
    ax = dots(["a", "b"], {"folds": [[1.0, 3.0], [2.0]]}, label="skill", title="Two")
    assert ax.collections[0].get_offsets().tolist() == [[1, 0], [3, 0], [2, 1]]
    strokes = ax.collections[1].get_segments()
    assert [stroke[0][0] for stroke in strokes] == [2]
    assert (ax.get_xlabel(), ax.get_title(loc="left")) == ("skill", "Two")
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row above
    assert ax.get_legend() is None


def test_kinds_have_colours_markers_and_a_key() -> None:
    ax = dots(["a", "b"], {"one": [1, 2], "other": [np.nan, []]}, bold=["b"])
    first, second = ax.collections
    assert first.get_facecolor().tolist() != second.get_facecolor().tolist()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "other"]
    assert [text.get_fontweight() for text in ax.get_yticklabels()] == ["normal", "bold"]
    ax.figure.canvas.draw()


def test_a_figure_is_as_high_as_its_rows_need() -> None:
    few, many = (dots([str(row) for row in range(rows)], {"k": range(rows)}) for rows in (3, 30))
    assert many.figure.get_figheight() > few.figure.get_figheight() + 5


def test_what_does_not_fit_is_refused(tally: Tally) -> None:
    refused(tally, ShapeError, "an entry for each of 2 names", lambda: dots(["a", "b"], {"k": [1]}))
    refused(tally, SettingError, "1 to 8", lambda: dots(["a"], {}))
