"""From what was done to what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layerwise.comparison.contest.comparison import Comparison, scores_of
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.shapes import shapes_of
from layerwise.comparison.contest.signal import signals_of
from layerwise.comparison.contest.standing import Standing
from layerwise.comparison.contest.verdict import Judgement, judged
from layerwise.types import Array

_ENOUGH = 3
"""Folds from which having no signal is a verdict."""


def outcome(standing: Standing, seeds: int, average: bool, equivalence: float) -> Comparison:
    """The answer of `compare`, from whatever folds are done."""
    problem, budget, done = standing.problem, standing.budget, standing.done
    return Comparison(
        task=problem.task,
        rows=len(problem),
        columns=len(problem.features.names),
        classes=problem.classes,
        measure=standing.measure,
        judgement=_judgement(standing, equivalence),
        scores=scores_of(standing.trials, standing.names, done, standing.measure),
        alarms=tuple(standing.alarms),
        growth=tuple(standing.growth),
        reasons=tuple(standing.reasons),
        importances=tuple(standing.importances),
        beyond=standing.beyond,
        shapes=shapes_of(problem.features),
        control=standing.control,
        trials=tuple(standing.trials),
        folds_done=done,
        folds=len(standing.folds),
        seeds=seeds if NETWORK in standing.names else 0,
        average=average,
        split=_split(problem),
        equivalence=equivalence,
        budget={
            "seconds": budget.seconds,
            "configurations": budget.configurations,
            "tuning_seconds": budget.tuning,
            "fit_seconds": budget.fit,
            "limit_seconds": budget.limit,
        },
        seconds=budget.spent,
        stopped=standing.stopped,
    )


def _judgement(standing: Standing, equivalence: float) -> Judgement:
    done = standing.done
    if done < 2:
        return _unfinished("Fewer than two folds are done, which is too little to say anything.")
    gains: dict[str, Array] = {
        name: np.array([trial.gain for trial in standing.trials if trial.model == name and trial.fold < done])
        for name in standing.whole
    }
    ratio = float(np.mean([len(fold.test) / len(fold.train) for fold in standing.folds[:done]]))
    signals = signals_of(standing.problem, standing.folds[:done], standing.trials, standing.whole)
    found = judged(gains, ratio, equivalence, standing.measure, signals)
    if found.verdict == "no signal" and done < min(_ENOUGH, len(standing.folds)):  # two folds can hardly show any
        ahead = max(gains, key=lambda name: float(gains[name].mean()))
        score, dummy = (standing.measure.words(float(gains[name].mean())) for name in (ahead, DUMMY))
        return _unfinished(
            f"Two folds are too few to tell a signal from chance. Ahead so far: {MODELS[ahead].title}, "
            f"{standing.measure.name} {score}, beside {dummy} of the dummy."
        )
    if done < len(standing.folds):
        rest = f"Only {done} of {len(standing.folds)} folds are done: all of them would narrow the interval."
        return replace(found, sentences=(*found.sentences, rest))
    return found


def _unfinished(sentence: str) -> Judgement:
    return Judgement("unfinished", "", float("nan"), (), (), float("nan"), (sentence,))


def _split(problem: Problem) -> str:
    if problem.time is not None:
        return "in the order of time"
    return "by group" if problem.groups is not None else "rows taken as independent"
