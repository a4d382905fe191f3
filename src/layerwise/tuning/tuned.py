"""What a search found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layerwise.data import Dataset
from layerwise.errors import DataError
from layerwise.network import Network
from layerwise.training.experiment import Experiment
from layerwise.tuning.plan import Plan
from layerwise.tuning.trial import Task, Trial, experiment_of, run_of


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

    def checkpoint(self, trial: Trial) -> Path:
        """The file with the state of a trial."""
        return Path(self._tasks[trial.number].checkpoint)

    def finished(self) -> tuple[Experiment, Network, Dataset]:
        """The experiment with the best settings, its network as it was trained, and its data.

        Training the experiment again gives the same bits. Raises DataError where no trial has come to an end.
        """
        best = self.best
        if best is None:
            raise DataError("no trial has come to an end, so none is best")
        task = self._tasks[best.number]
        run, data = run_of(task)
        return experiment_of(task), run.net, data
