"""What is looked at after the folds: columns alone, and why the verdict is what it is."""

from __future__ import annotations

from layerwise.comparison.contest.alarms import Alarm
from layerwise.comparison.contest.beyond import outside_the_range
from layerwise.comparison.contest.control import controlled
from layerwise.comparison.contest.growth import grown
from layerwise.comparison.contest.importance import importances_of
from layerwise.comparison.contest.models import DUMMY
from layerwise.comparison.contest.reasons import reasons_of
from layerwise.comparison.contest.single_column import column_alarms
from layerwise.comparison.contest.standing import Standing, Watch


def look_closer(standing: Standing, tell: Watch, equivalence: float, seed: int, *, why: bool) -> None:
    """Fill in what needs no tuning, each step as far as the budget has time for it; without `why` the alarms alone."""
    problem, measure, budget = standing.problem, standing.measure, standing.budget
    folds, trials = standing.folds, standing.trials

    def begin(phase: str) -> None:
        standing.phase = phase
        tell(standing)

    begin("one column")
    standing.alarms += _column_alarms(standing, equivalence)
    if not why:
        return
    begin("fewer rows")
    standing.growth = grown(problem, folds, trials, measure, budget, seed)
    begin("importance of the columns")
    standing.importances = importances_of(problem, folds[0], trials, measure, budget, seed)
    begin("outside the range")
    standing.beyond = outside_the_range(problem, standing.importances, standing.whole, measure, budget, seed)
    begin("reasons")
    standing.reasons = reasons_of(problem, folds, trials, measure, budget, seed)
    begin("permuted labels")
    standing.control = controlled(problem, standing.whole, measure, budget, equivalence, seed)
    if standing.control is not None and standing.control.alarm is not None:
        standing.alarms.append(standing.control.alarm)


def _column_alarms(standing: Standing, equivalence: float) -> list[Alarm]:
    """Whether a column alone is as good as the best model, by the first fold."""
    first = {trial.model: trial.gain for trial in standing.trials if trial.fold == 0 and not trial.failure}
    dummy = first[DUMMY]
    region = equivalence * (standing.measure.perfect - dummy)
    seconds = 0.1 * standing.budget.seconds
    return column_alarms(
        standing.problem, standing.folds[0], standing.measure, max(first.values()), dummy, region, seconds
    )
