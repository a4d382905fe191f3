"""Limited computation: what each model reaches untuned, beside the time of one fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerwise.comparison.contest.comparison import Comparison, ModelScore
from layerwise.comparison.contest.models import DUMMY, MODELS
from layerwise.comparison.contest.words import seconds


def worth_waiting_for(scores: Mapping[str, ModelScore], rising: bool, region: float) -> list[ModelScore]:
    """Models by the time of an untuned fit: each that is better, by more than the region, than all faster ones."""
    sign = 1 if rising else -1
    ordered = sorted(
        (score for score in scores.values() if not score.failure and score.model != DUMMY),
        key=lambda score: score.untuned_seconds,
    )
    found: list[ModelScore] = []
    for score in ordered:
        if not found or sign * (score.untuned - found[-1].untuned) > region:
            found.append(score)
    return found


def told(result: Comparison) -> str:
    """Which model a given time for one fit is best spent on, in one sentence."""
    if result.folds_done < 2:
        return ""
    steps = worth_waiting_for(result.scores, result.measure.rising, result.judgement.region)
    return f"If computation is limited (one fit, untuned): {_listed(steps, result)}." if steps else ""


def _listed(steps: Sequence[ModelScore], result: Comparison) -> str:
    parts = []
    for score in steps:
        gain = score.untuned if result.measure.rising else -score.untuned
        time, reached = seconds(score.untuned_seconds), result.measure.words(gain)
        parts.append(f"{MODELS[score.model].title} takes {time} for {reached}")
    return "; ".join(parts) + ("" if len(parts) > 1 else ", and no slower one is better by more than the region")
