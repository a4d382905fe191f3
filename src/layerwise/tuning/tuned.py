"""What a search found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layerwise.data import Dataset
from layerwise.network import Network
from layerwise.training.experiment import Experiment
from layerwise.tuning.plan import Plan
from layerwise.tuning.trial import Task, Trial, finished


@dataclass(frozen=True)
class Tuned:
    """What was tried, and what did best.

    plan: how the work was shared out. trials: in the order in which they were drawn. folder: with the record of the
    search and the state of each trial that is still in it. stopped: why it ended before its plan did; empty otherwise.
    """

    plan: Plan
    trials: tuple[Trial, ...]
    folder: Path
    stopped: str
    _tasks: Mapping[int, Task]

    @property
    def best(self) -> Trial | None:
        """Of the trials that were trained longest, the one with the least loss; None if all have failed."""
        whole = [each for each in self.trials if not each.failure and each.epochs]
        longest = max((each.epochs for each in whole), default=0)
        return min((each for each in whole if each.epochs == longest), key=lambda each: each.loss, default=None)

    def experiment(self) -> Experiment:
        """The experiment with the best settings. Training it again gives the same bits."""
        return self._finished()[0]

    def network(self) -> Network:
        """The network with the best settings, as it was trained in the search."""
        return self._finished()[1]

    def data(self) -> Dataset:
        """The data that it learnt from, with the test part that nothing has looked at."""
        return self._finished()[2]

    def _finished(self) -> tuple[Experiment, Network, Dataset]:
        best = self.best
        if best is None:
            raise LookupError("no trial has come to an end, so none is best")
        experiment, run, data = finished(self._tasks[best.number])
        return experiment, run.net, data
