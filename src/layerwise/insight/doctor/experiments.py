"""Confirming experiments, for `finding.confirm()`: a trial of the cure, told with both numbers."""

from __future__ import annotations

from collections.abc import Callable

from layerwise.insight.doctor.changes import Change
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Confirmation


def by_trial(examination: Examination, words: str, change: Change) -> Callable[[], Confirmation] | None:
    """Train with the cure and without it, equally long; None where there is nothing to train otherwise."""
    if change(examination.patient) is None:
        return None

    def experiment() -> Confirmation:
        trial = examination.trial(words, change)
        assert trial is not None
        return Confirmation(
            f"{words}, {trial.updates} updates from the same start",
            "skill",
            trial.before,
            trial.after,
            trial.gain > 0.05,
        )

    return experiment
