"""How the work is shared out."""

from __future__ import annotations

import pytest

from layerwise.errors import SettingError
from layerwise.tuning.plan import Plan, going_on
from layerwise.tuning.trial import Trial


@pytest.mark.parametrize("trials", [1, 2, 3, 8, 9, 27, 100])
@pytest.mark.parametrize("epochs", [1, 2, 9, 30, 400])
def test_halving_ends_with_whole_runs_and_costs_less_than_trying_all(trials: int, epochs: int) -> None:
    rounds = Plan("halving", trials, epochs).rounds
    counts, lengths = zip(*rounds, strict=True)
    assert counts[0] == trials
    assert lengths[-1] == epochs
    assert list(counts) == sorted(counts, reverse=True)
    assert len(set(lengths)) == len(lengths)
    assert list(lengths) == sorted(lengths)
    assert Plan("halving", trials, epochs).work <= Plan("random", trials, epochs).work == trials * epochs


def test_each_round_costs_about_the_same() -> None:
    assert Plan("halving", 27, 27).rounds == [(27, 1), (9, 3), (3, 9), (1, 27)]
    assert Plan("halving", 27, 27).work == 27 + 9 * 2 + 3 * 6 + 18


def test_the_best_go_on_and_what_failed_does_not() -> None:
    trials = [
        Trial(0, {}, epochs=3, loss=0.5),
        Trial(1, {}, epochs=3, loss=0.2),
        Trial(2, {}, epochs=3, loss=0.1, failure="diverged"),
        Trial(3, {}, epochs=1, loss=0.1),
        Trial(4, {}, epochs=3, loss=0.2),
    ]
    assert going_on(trials, 3, 2) == [1, 4]
    assert going_on(trials, 3, 9) == [1, 4, 0]


def test_what_can_not_be_meant_is_refused() -> None:
    with pytest.raises(SettingError, match="method 'grid' is not known"):
        Plan("grid", 3, 3)
    with pytest.raises(SettingError, match="trials must be at least 1"):
        Plan("random", 0, 3)
