"""How far a comparison is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from layerwise.comparison.contest.alarms import Alarm
from layerwise.comparison.contest.beyond import Beyond
from layerwise.comparison.contest.budget import Budget
from layerwise.comparison.contest.control import Control
from layerwise.comparison.contest.folds import Fold
from layerwise.comparison.contest.growth import Step
from layerwise.comparison.contest.importance import Importance
from layerwise.comparison.contest.problem import Problem
from layerwise.comparison.contest.reasons import Reason
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.trial import Trial

Watch = Callable[["Standing"], None]


@dataclass
class Standing:
    """What `watch` is shown before and after every model on every fold, and before each step of what comes after.

    trials: what is done. doing: the model at work, "" between two. phase: "folds", or what is looked at after them.
    fold: counted from 0.
    """

    problem: Problem
    measure: Measure
    names: tuple[str, ...]
    folds: tuple[Fold, ...]
    budget: Budget
    trials: list[Trial] = field(default_factory=list)
    doing: str = ""
    phase: str = "folds"
    fold: int = 0
    growth: list[Step] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    importances: list[Importance] = field(default_factory=list)
    beyond: Beyond | None = None
    control: Control | None = None
    alarms: list[Alarm] = field(default_factory=list)
    stopped: str = ""

    @property
    def done(self) -> int:
        """Folds that every model has done."""
        return len(self.trials) // len(self.names)

    def failed(self, name: str) -> str:
        """Why this model failed on an earlier fold, if it did."""
        return next((trial.failure for trial in self.trials if trial.model == name and trial.failure), "")

    @property
    def whole(self) -> list[str]:
        """The models that have not failed."""
        return [name for name in self.names if not self.failed(name)]
