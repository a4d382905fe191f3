"""What a comparison may cost: work that is counted, the same on every machine, below a ceiling of seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from layerwise.checks import positive, whole_number

_FOLDS, _FEWEST = 0.8, 3
"""The share of the seconds that the folds have, and how many folds a slow machine should still do."""
_TUNING, _FIT = 0.2, 0.07
"""The most of a fold that the tuning of a model may take, and one fit of a model that learns step by step."""


@dataclass(frozen=True)
class Effort:
    """What one fit may cost. seconds: after which a model that learns step by step ends, however much is left to do.

    tuning: whether it only chooses settings, for which the network makes half of its updates and the forest 20 trees.
    """

    seconds: float = float("inf")
    tuning: bool = False


@dataclass
class Budget:
    """seconds: the ceiling, for the whole comparison. configurations: that a model may try in a fold, its default among
    them. limit: seconds that one fit may take; a model that takes longer is left out of the folds after. folds: how
    many are planned.

    As long as no ceiling is reached, the same seed gives the same numbers on any machine, however busy.
    """

    seconds: float
    configurations: int
    limit: float
    folds: int
    began: float = field(default_factory=time.perf_counter)

    @property
    def fold(self) -> float:
        """The most seconds that a fold may take: a slow machine does fewer folds before it learns less in each."""
        return _FOLDS * self.seconds / min(_FEWEST, self.folds)

    @property
    def tuning(self) -> float:
        """The most seconds that the tuning of each model may take in a fold."""
        return _TUNING * self.fold

    @property
    def fit(self) -> float:
        """Seconds after which a model that learns step by step ends: the network and the forest."""
        return min(self.limit, _FIT * self.fold)

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.began

    def allows(self, more: float, share: float = 1.0) -> bool:
        """Whether so many seconds more fit into this share of it."""
        return self.spent + more <= share * self.seconds


def budget_of(seconds: float, configurations: int, limit: float | None, folds: int) -> Budget:
    """The budget of a comparison; a fit may take an eighth of it unless a limit is given."""
    seconds = positive("budget_seconds", seconds)
    return Budget(
        seconds,
        whole_number("configurations", configurations),
        seconds / 8 if limit is None else positive("limit_seconds", limit),
        folds,
    )
