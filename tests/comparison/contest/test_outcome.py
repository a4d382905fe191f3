"""From what was done to what it says: two folds that show nothing are no verdict."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.comparison.contest import Standing

X = np.random.default_rng(0).normal(size=(80, 3))
NOISE = np.random.default_rng(1).normal(size=80)


def stopped_after(folds: int, y: np.ndarray) -> lw.comparison.Comparison:
    def watch(standing: Standing) -> None:
        if standing.done == folds:
            raise KeyboardInterrupt

    return lw.compare(X, y, models=["linear", "tree"], folds=4, repeats=1, configurations=1, watch=watch)


def test_two_folds_without_a_signal_are_unfinished() -> None:
    result = stopped_after(2, NOISE)
    assert (result.verdict, result.best) == ("unfinished", None)
    assert "Ahead so far: " in str(result)


def test_three_folds_are_enough_for_that() -> None:
    assert stopped_after(3, NOISE).verdict == "no signal"


def test_a_signal_that_two_folds_show_is_a_verdict() -> None:
    result = stopped_after(2, X[:, 0] > 0)
    assert result.verdict == "traditional"
    assert result.judgement.sentences[-1].startswith("Only 2 of 4 folds are done")


def test_the_mean_of_the_seeds_answers_is_judged_where_that_is_asked() -> None:
    settings = {"models": ["linear", "network"], "folds": 2, "repeats": 1, "configurations": 1, "seeds": 2}
    apart, together = (lw.compare(X, X[:, 0] ** 2, average=each, why=False, **settings) for each in (False, True))
    assert apart.scores["network"].together == together.scores["network"].together == together.scores["network"].tuned
    assert together.scores["network"].tuned < apart.scores["network"].tuned  # an RMSE: the mean answer is never worse
    assert "as one model" in " ".join(str(together).split())
    assert "which --average would judge" in " ".join(str(apart).split())
