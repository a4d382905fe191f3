"""What a search found, in words."""

from __future__ import annotations

from pathlib import Path

from layerwise.report.look import Look
from layerwise.report.tuning import going_on, ranking, tuned_lines
from layerwise.tuning import Trial, Tuned
from layerwise.tuning.plan import Plan

TRIALS = (
    Trial(0, {"lr": "0.1"}, epochs=3, loss=0.2, accuracy=0.9),
    Trial(1, {"lr": "0.2"}, epochs=9, loss=0.3, accuracy=0.8),
    Trial(2, {"lr": "9"}, failure="diverged at step 3"),
    Trial(3, {"lr": "0.3"}),
)


def tuned(*trials: Trial) -> Tuned:
    return Tuned(Plan("halving", 4, 9), trials, Path("runs/tune it"), "", {})


def test_the_longest_trained_stand_first() -> None:
    assert [each.number for each in ranking(TRIALS)] == [1, 0]
    said = "\n".join(tuned_lines(tuned(*TRIALS), Look()))
    assert said.index("lr=0.2") < said.index("lr=0.1")
    assert "80.0 %" in said
    assert "1 of 4 failed, such as lr=9: diverged at step 3" in said


def test_it_fits_narrow_places_and_says_when_there_is_nothing() -> None:
    assert max(map(len, tuned_lines(tuned(*TRIALS), Look(width=40)))) <= 40
    assert next(iter(tuned_lines(tuned(TRIALS[3]), Look()))) == "no trial came to an end"


def test_the_command_to_go_on_can_be_copied() -> None:
    assert going_on(tuned(*TRIALS)) == "layerwise tune --resume 'runs/tune it'"
