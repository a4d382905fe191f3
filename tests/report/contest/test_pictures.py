"""The pictures of a comparison show its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.comparison import Comparison
from layerwise.report.contest.pictures import pictures, skills


def test_a_dot_a_fold_and_a_stroke_at_the_skill(result: Comparison) -> None:
    ax = skills(result)
    assert ax is not None
    traditional, strokes, network, stroke = ax.collections
    assert len(traditional.get_offsets()) == 2 * 3
    assert len(network.get_offsets()) == 3
    wanted = [result.scores[name].skill for name in ("linear", "tree")]
    places = [segment[0][0] for segment in strokes.get_segments()]
    np.testing.assert_allclose(places, wanted)
    assert stroke.get_segments()[0][0][0] == pytest.approx(result.scores["network"].skill)


def test_each_picture_shows_what_was_found(result: Comparison) -> None:
    drawn = {picture.heading: picture.axes for picture in pictures(result)}
    headings = ["More rows", "What each column is worth", "Outside the range", "Calibration", "Limited computation"]
    assert list(drawn) == headings
    growth = {line.get_label(): line.get_ydata() for line in drawn["More rows"].lines}
    np.testing.assert_allclose(growth["network"], [step.gains["network"] for step in result.growth])
    assert [text.get_text() for text in drawn["More rows"].get_xticklabels()] == ["100", "146"]
    assert drawn["What each column is worth"].get_yticklabels()[0].get_text() == "a<b"
    assert [line.get_label() for line in drawn["Outside the range"].lines] == ["linear", "network", "tree"]
    table = np.array(result.scores["network"].reliability)[:, np.array(result.scores["network"].reliability)[0] > 0]
    places = {each.get_label(): each.get_offsets() for each in drawn["Calibration"].collections}
    np.testing.assert_allclose(places["network"], (table[[2, 1]] / table[0]).T)
    points = {each.get_label(): each.get_offsets()[0] for each in drawn["Limited computation"].collections}
    score = result.scores["network"]
    np.testing.assert_allclose(points["network"], [score.untuned_seconds, score.untuned])
