"""What was seen while a run went on: its losses, and at a few steps its gradients and the size of its updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from layerwise.network import Network
from layerwise.tap import Tap
from layerwise.training import Answer, EpochEnded, Listener, Run, Started
from layerwise.training.samples import Shuffled
from layerwise.types import Array


@dataclass(frozen=True)
class Look:
    """One update, parameter by parameter.

    step: its number, from 1. gradient, update, weight: the RMS per number of each parameter, by name; the weight as it
    was before the update.
    """

    step: int
    gradient: dict[str, float]
    update: dict[str, float]
    weight: dict[str, float]


@dataclass
class Record:
    """The course of a run. steps, losses: the loss of the batch at a step, as far as it was seen."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    epochs: dict[str, list[float]] = field(default_factory=dict)
    updates: int = 0
    error: Exception | None = None
    """What broke the run off: a divergence."""


class Watch(Listener):
    """Fills a record at little cost: the loss of every step, and a look at a step in ever more.

    It overrides `tap` alone, which is asked before every step: a listener that hears `step_ended` would have the loop
    copy the network at every step.
    """

    def __init__(self) -> None:
        self.record = Record()
        self._run: Run | None = None
        self._before: dict[str, Array] = {}
        self._seen = (0, 0.0, 0.0)

    def started(self, event: Started) -> None:
        if self._run is not event.run:  # a fork's, whose course is another
            self.record, self._seen = Record(), (event.step, 0.0, 0.0)
        self._run, self._before = event.run, {}
        self._at_hand()

    def tap(self, step: int) -> Tap | None:
        self._at_hand()
        if step & (step - 1) == 0:  # 1, 2, 4, 8, ...
            assert self._run is not None
            self._before = {name: each.copy() for name, each in self._run.net.parameters().items()}
        return None

    def epoch_ended(self, event: EpochEnded) -> Answer:
        record, (step, total, weight) = self.record, self._seen
        if event.step == step + 1:
            whole = self._weight_of_an_epoch() if weight else 1.0
            if whole > weight:
                record.steps.append(event.step)
                record.losses.append((event.metrics["train_loss"] * whole - total) / (whole - weight))
            self._look_at(event.step)
        for name, value in event.metrics.items():
            record.epochs.setdefault(name, []).append(value)
        record.updates = event.step
        self._seen = (event.step, 0.0, 0.0)
        return None

    def _weight_of_an_epoch(self) -> float:
        """How much its samples weigh together; 0 where nobody knows."""
        assert self._run is not None
        source = self._run.source
        return source.samples.total if isinstance(source, Shuffled) else 0.0

    def _at_hand(self) -> None:
        """Note what the last step has left behind: the growth of the sums of this epoch is its loss."""
        assert self._run is not None
        position = self._run.position
        step, total, weight = self._seen
        if position.step == step + 1 and position.weight > weight:
            self.record.steps.append(position.step)
            self.record.losses.append((position.loss_total - total) / (position.weight - weight))
            self._look_at(position.step)
        self.record.updates = position.step
        self._seen = (position.step, position.loss_total, position.weight)

    def _look_at(self, step: int) -> None:
        """The parameters before and after the step, if those before were kept."""
        if not self._before:
            return
        assert self._run is not None
        self.record.looks.append(look(step, self._run.net, self._before))
        self._before = {}


def look(step: int, net: Network, before: Mapping[str, Array]) -> Look:
    """Look at a step that a network has just made from these parameters."""
    updates = {name: rms(after - before[name]) for name, after in net.parameters().items()}
    gradients = {name: rms(each) for name, each in net.gradients().items()}
    return Look(step, gradients, updates, {name: rms(each) for name, each in before.items()})


def rms(values: Array) -> float:
    """The root of the mean square.

    >>> rms(np.array([3.0, -3.0]))
    3.0
    """
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0
