"""The control: with its labels permuted, no model may beat a dummy; one that does has seen what it should not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from layerwise.comparison.contest.alarms import Alarm
from layerwise.comparison.contest.budget import Budget, Effort
from layerwise.comparison.contest.differences import difference, holm
from layerwise.comparison.contest.folds import folds_of
from layerwise.comparison.contest.models import DUMMY, MODELS
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.scoring import Measure
from layerwise.errors import DataError
from layerwise.random import generator

_ROWS, _FOLDS, _LEVEL = 1000, 5, 0.01
_SHARE = 0.96


@dataclass(frozen=True)
class Control:
    """skills: of each model on permuted labels, 0 a dummy, 1 perfect. rows: how many it was done with."""

    rows: int
    skills: dict[str, float]
    alarm: Alarm | None


def controlled(
    problem: Problem, names: Sequence[str], measure: Measure, budget: Budget, equivalence: float, seed: int
) -> Control | None:
    """Fit every model, untuned, to permuted labels of at most 1,000 rows; None where the budget has no time for it."""
    draw = generator(seed, "compare.control")
    rows = np.sort(draw.permutation(len(problem))[:_ROWS])
    permuted = problem.take(rows)
    permuted = replace(permuted, y=permuted.y[draw.permutation(len(rows))])
    try:
        folds = folds_of(permuted, _FOLDS, 1, seed)
    except DataError:  # too few groups, or moments, among so few rows
        return None
    gains: dict[str, list[float]] = {name: [] for name in names}
    for fold in folds:
        training, test = permuted.take(fold.train), permuted.take(fold.test)
        for name in names:
            if not budget.allows(budget.fit / 2, _SHARE):
                return None
            fitted = MODELS[name].fit(training, MODELS[name].default, seed, Effort(budget.fit / 2, tuning=True))
            gains[name].append(measure.gain(test.y, fitted.answer(test)))
    dummy = np.array(gains.pop(DUMMY))
    way = measure.perfect - float(dummy.mean())
    ratio = float(np.mean([len(fold.test) / len(fold.train) for fold in folds]))
    found = [difference(name, DUMMY, np.array(each) - dummy, ratio, equivalence * way) for name, each in gains.items()]
    adjusted = holm([each.p_value for each in found])
    beating = tuple(
        each.first for each, p in zip(found, adjusted, strict=True) if each.mean > equivalence * way and p < _LEVEL
    )
    return Control(len(rows), {each.first: each.mean / way for each in found}, _alarm(beating) if beating else None)


def _alarm(names: Sequence[str]) -> Alarm:
    return Alarm(
        "control",
        (),
        f"With the labels permuted there is nothing to learn, and still {', '.join(names)} beat the dummy: rows that "
        "belong together stand on both sides of the folds. Give --group or --time.",
    )


def told(control: Control) -> str:
    """What the control says, in one sentence."""
    best = max(control.skills.values())
    if control.alarm:
        return f"Control: with permuted labels the highest skill is {best:.2f}, which is too much to be chance."
    return f"Control: with permuted labels no model beats the dummy (highest skill {best:.2f}, {control.rows:,} rows)."
