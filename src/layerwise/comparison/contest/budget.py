"""Time: one budget for all, shared out so that every model gets the same to be tuned with."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from layerwise.checks import positive, whole_number

_FOLDS, _TUNING = 0.8, 0.4
_FITS = 8
"""Long fits of a fold besides tuning: two of three seeds of the network, and two of the forest."""


@dataclass
class Budget:
    """seconds: for the whole comparison. configurations: that a model may try in a fold, its default among them.

    limit: seconds that one fit may take; a model that takes longer is left out of the folds after. models, folds: how
    many share it.
    """

    seconds: float
    configurations: int
    limit: float
    models: int
    folds: int
    began: float = field(default_factory=time.perf_counter)
    fold_ends: float = 0.0
    """The second at which the fold at work should be done."""

    @property
    def tuning(self) -> float:
        """Seconds of tuning that each model has in each fold."""
        return _FOLDS * _TUNING * self.seconds / (self.models * self.folds)

    @property
    def fit(self) -> float:
        """Seconds after which a model that learns step by step ends: the network and the forest."""
        return min(self.limit, _FOLDS * (1 - _TUNING) * self.seconds / (_FITS * self.folds))

    def begin_fold(self, number: int) -> None:
        """Share what is left among the folds that are left, so that what one saves the next ones have."""
        self.fold_ends = self.spent + (_FOLDS * self.seconds - self.spent) / (self.folds - number)

    def fit_of(self, fits: int) -> float:
        """Seconds for each of so many fits that end this fold: what the others have left of it, if that is more."""
        left = self.fold_ends - self.spent - self.tuning
        return min(self.limit, max(self.fit, left / fits))

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.began

    def allows(self, more: float, share: float = 1.0) -> bool:
        """Whether so many seconds more fit into this share of it."""
        return self.spent + more <= share * self.seconds


def budget_of(seconds: float, configurations: int, limit: float | None, models: int, folds: int) -> Budget:
    """The budget of a comparison; a fit may take an eighth of it unless a limit is given."""
    seconds = positive("budget_seconds", seconds)
    return Budget(
        seconds,
        whole_number("configurations", configurations),
        seconds / 8 if limit is None else positive("limit_seconds", limit),
        models,
        folds,
    )
