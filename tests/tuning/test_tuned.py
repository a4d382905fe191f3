"""Which trial is best, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerwise.errors import DataError
from layerwise.tuning.plan import Plan
from layerwise.tuning.trial import Trial
from layerwise.tuning.tuned import Tuned


def tuned(*trials: Trial) -> Tuned:
    return Tuned(Plan("halving", 3, 9), trials, Path(), "", {})


def test_the_best_is_among_those_that_were_trained_longest() -> None:
    early = Trial(0, {}, epochs=1, loss=0.1)
    best, worse = Trial(1, {}, epochs=9, loss=0.3), Trial(2, {}, epochs=9, loss=0.4)
    failed = Trial(3, {}, epochs=9, loss=0.01, failure="diverged")
    assert tuned(early, worse, best, failed).best == best


def test_without_an_end_there_is_no_best() -> None:
    none = tuned(Trial(0, {}), Trial(1, {}, failure="diverged"))
    assert none.best is None
    with pytest.raises(DataError, match="so none is best"):
        none.finished()
