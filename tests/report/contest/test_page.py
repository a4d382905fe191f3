"""The page of a comparison: all of it in one file, with its pictures, and nothing that a name could break."""

from __future__ import annotations

import re

import numpy as np

import layerwise as lw
from layerwise.comparison import Comparison
from layerwise.report.contest.page import page


def test_it_holds_verdict_scores_reasons_and_pictures(result: Comparison) -> None:
    text = page(result, "mine.csv")
    for heading in (
        "How good each model is", "What each model costs", "Why", "More rows", "What each column is worth",
        "Outside the range", "Calibration", "Limited computation", "Coefficients", "Shape of the columns",
        "Under which rules",
    ):  # fmt: skip
        assert f"<h2>{heading}</h2>" in text
    assert text.count('src="data:image/png;base64,') == 6
    assert f"<h1>mine.csv: {result.verdict}, take" in text
    assert "<td><b>network</b></td>" in text
    assert "towards yes" in text


def test_it_fetches_nothing_and_runs_nothing(result: Comparison) -> None:
    text = page(result, "x")
    assert not re.search(r"<script|https?://|@import|url\(", text)


def test_names_are_written_and_never_read_as_html(result: Comparison) -> None:
    text = page(result, "<b>\x1b[31m.csv")
    assert "&lt;b&gt;?[31m.csv" in text
    assert "a&lt;b" in text
    assert "a<b" not in text


def test_an_unfinished_one_is_a_page_too() -> None:
    def watch(standing: lw.comparison.contest.Standing) -> None:
        raise KeyboardInterrupt

    x = np.random.default_rng(0).normal(size=(60, 2))
    early = lw.compare(x, x[:, 0], models=["linear"], watch=watch)
    assert "unfinished" in page(early, "x")
    assert "data:image" not in page(early, "x")
