"""The judges of pictures are strict: they see a missing curve, small print, and words over words."""

from __future__ import annotations

import pytest
from tests.plots import pictures
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable

from layerwise.plots import lines

CURVES = {"a": [1, 2, 3], "b": [3, 2, 1]}


def test_a_missing_curve_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(pictures, "BASELINES", tmp_path)
    monkeypatch.setenv("REMAKE", "1")
    assert_looks_like(lines([0, 1, 2], CURVES).figure, "two")
    monkeypatch.delenv("REMAKE")
    assert_looks_like(lines([0, 1, 2], CURVES).figure, "two")
    without = lines([0, 1, 2], CURVES)
    without.get_lines()[1].set_visible(False)
    with pytest.raises(AssertionError, match="differs"):
        assert_looks_like(without.figure, "two")


def test_small_print_and_words_over_words_are_seen() -> None:
    ax = lines([0, 1, 2], CURVES, title="Two")
    assert_readable(ax.figure)
    small = ax.text(1, 2, "small", fontsize=7.5)
    with pytest.raises(AssertionError, match="small"):
        assert_readable(ax.figure)
    small.set_fontsize(9)
    assert_readable(ax.figure)
    ax.text(1, 2, "over it", fontsize=9)
    with pytest.raises(AssertionError, match="over it"):
        assert_readable(ax.figure)


def test_ticks_that_touch_and_words_outside_are_seen() -> None:
    ax = lines([0, 1, 2], CURVES)
    ax.set_xticks([1, 1.01], ["long label", "long label"])
    with pytest.raises(AssertionError, match="ticks overlap"):
        assert_readable(ax.figure)
    ax = lines([0, 1, 2], CURVES)
    ax.text(1, 50, "far above", fontsize=9).set_in_layout(False)
    with pytest.raises(AssertionError, match="leaves the figure"):
        assert_readable(ax.figure)


def test_an_axis_without_a_name_is_seen() -> None:
    with pytest.raises(AssertionError):
        assert_dressed(lines([0, 1, 2], CURVES, title="Two", labels=("x", "")))
