"""How the work is shared out: all settings get a little of it, the better third three times as much, and so on.

Successive halving: Jamieson and Talwalkar, Non-stochastic best arm identification and hyperparameter optimization
(2016). Random search: Bergstra and Bengio, Random search for hyper-parameter optimization, JMLR 13 (2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layerwise.checks import one_of, whole_number
from layerwise.tuning.trial import Trial

METHODS = ("halving", "random")
FACTOR = 3
"""Of all trials one in three goes on, and then for three times as long."""


@dataclass(frozen=True)
class Plan:
    """How many settings are tried, and for how many epochs.

    method: "halving", or "random", where each trial gets all its epochs. trials: how many settings are drawn. epochs:
    of a run that is trained to its end.

    >>> Plan("halving", 27, 30).rounds
    [(27, 1), (9, 3), (3, 10), (1, 30)]
    >>> Plan("random", 5, 30).rounds
    [(5, 30)]
    """

    method: str
    trials: int
    epochs: int

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        whole_number("trials", self.trials)
        whole_number("epochs", self.epochs)

    @property
    def rounds(self) -> list[tuple[int, int]]:
        """Each round as how many trials are in it, and how many epochs they have had at its end."""
        count, last = 0, min(self.trials, self.epochs)
        while self.method == "halving" and FACTOR ** (count + 1) <= last:
            count += 1
        return [
            (max(1, self.trials // FACTOR**number), max(1, round(self.epochs / FACTOR ** (count - number))))
            for number in range(count + 1)
        ]

    @property
    def work(self) -> int:
        """Epochs in all, over all trials, if none fails."""
        spent, before = 0, 0
        for trials, epochs in self.rounds:
            spent, before = spent + trials * (epochs - before), epochs
        return spent


def going_on(trials: Sequence[Trial], epochs: int, places: int) -> list[int]:
    """The numbers of the trials that did best in a round, at most so many; what has failed is out.

    epochs: at the end of the round. Equal losses keep the order in which they were drawn.
    """
    fit = [each for each in trials if not each.failure and each.epochs >= epochs]
    return [each.number for each in sorted(fit, key=lambda each: (each.loss, each.number))[:places]]
