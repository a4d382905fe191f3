"""The pictures of a comparison show its numbers."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison import Comparison
from layerwise.report.contest.pictures import pictures, skills


@pytest.fixture(scope="module")
def result() -> Comparison:
    """A quantity, by three models."""
    x = np.random.default_rng(0).normal(size=(220, 3))
    settings = {"folds": 3, "repeats": 1, "configurations": 1, "seeds": 1, "budget_seconds": 2000}
    return lw.compare(x, x[:, 0] + 0.5 * x[:, 1], models=["linear", "tree", "network"], **settings)


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
    drawn = {picture.heading: picture for picture in pictures(result)}
    assert list(drawn) == ["More rows", "What each column is worth", "Outside the range", "Limited computation"]
    growth = {line.get_label(): line.get_ydata() for line in drawn["More rows"].axes.lines}
    np.testing.assert_allclose(growth["network"], [-step.gains["network"] for step in result.growth])
    worth = drawn["What each column is worth"].axes
    assert worth.get_yticklabels()[0].get_text() == "x0"
    beyond = drawn["Outside the range"].axes
    assert [line.get_label() for line in beyond.lines] == ["linear", "network", "tree"]
    points = {each.get_label(): each.get_offsets()[0] for each in drawn["Limited computation"].axes.collections}
    score = result.scores["network"]
    np.testing.assert_allclose(points["network"], [score.untuned_seconds, score.untuned])
