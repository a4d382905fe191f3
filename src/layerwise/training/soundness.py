"""The guard of a run: it notices that the run has left the range of the numbers, and keeps what was best before.

Good is what was measured, not what is merely finite: a run goes back to the best of a few moments that it has kept
(its start, the best end of an epoch, a moment within a long epoch), network and optimizer together. So what it leaves
is never worse than what it began with. What is kept costs a copy now and then, and not one for every step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.losses import Loss
from layerwise.network import Network, Snapshot
from layerwise.optimizers import Optimizer
from layerwise.training.divergence import has_diverged
from layerwise.training.evaluation import evaluate
from layerwise.training.samples import Batch, Samples
from layerwise.training.state import Position

WINDOW = 256
"""So many updates within an epoch are looked at together, and the moment before them may be kept."""


@dataclass(frozen=True)
class Mark:
    """A moment to which a run can go back: what belongs together, copied."""

    snapshot: Snapshot
    optimizer: Mapping[str, Any]
    position: Position


class Soundness:
    """Watches the losses and the numbers of one run, and keeps the moments that it may go back to."""

    def __init__(self, net: Network, optimizer: Optimizer, loss: Loss) -> None:
        self.net, self.optimizer, self.loss = net, optimizer, loss
        self.window_total, self.window_steps = 0.0, 0

    # --- keeping -------------------------------------------------------------------------------------------------

    def begin(self, position: Position) -> None:
        """Watch from here on: what is here now is the first moment that is kept."""
        self.start = self._mark(position)
        self.best_epoch: Mark | None = None
        self.best_score = math.inf
        self.within: Mark | None = None
        self.scale = position.first_loss
        self._open_window()
        self.lowest_mean = math.inf

    def epoch_ended(self, score: float, position: Position) -> None:
        """Keep the end of an epoch if none had a lower score."""
        if score <= self.best_score:
            self.best_epoch, self.best_score = self._mark(position), score
        self.within = None
        self._open_window()
        self.lowest_mean = math.inf

    def step_ended(self, value: float, position: Position) -> None:
        """Keep a moment of a long epoch if the updates before it had losses as low as any in this epoch."""
        self.window_total, self.window_steps = self.window_total + value, self.window_steps + 1
        if self.window_steps < WINDOW:
            return
        mean = self.window_total / WINDOW
        if mean <= self.lowest_mean:
            self.within, self.lowest_mean = self._mark(position), mean
        self._open_window()

    def _open_window(self) -> None:
        self.window_total, self.window_steps = 0.0, 0

    def _mark(self, position: Position) -> Mark:
        return Mark(self.net.snapshot(), self.optimizer.state_dict(), copy(position))

    # --- noticing ------------------------------------------------------------------------------------------------

    def is_lost(self, value: float, batch: Batch) -> bool:
        """Whether a loss says that the run will not come back.

        One that is out of all proportion to the first need not: a batch with an outlier has such a loss under any
        weights. It is set beside that of the weights from the start, on the same batch.
        """
        if not has_diverged(value, self.scale):
            return False
        if not math.isfinite(value):
            return True
        usual = self._shown(self.start.snapshot, lambda: self.loss(self.net(batch.x), batch.target, batch.weight)[0])
        if math.isfinite(usual):
            self.scale = max(self.scale, usual)
        return has_diverged(value, self.scale)

    def unsound(self) -> str:
        """What of the network is not finite; empty if all is."""
        if not np.isfinite(self.net.theta).all():
            return "weights"
        return "" if self.statistics_are_finite() else "running statistics"

    def statistics_are_finite(self) -> bool:
        """Whether evaluation can use what the network remembers."""
        return all(bool(np.isfinite(each).all()) for each in self.net.buffers().values())

    # --- going back ----------------------------------------------------------------------------------------------

    def best(self, samples: Batch | Samples) -> Mark:
        """Of the moments that were kept, the one whose network does best on these samples; a later one, if equal."""
        kept = [mark for mark in (self.start, self.best_epoch, self.within) if mark is not None]
        if len(kept) == 1:
            return self.start
        arrays = samples.x, samples.target, self.loss, samples.weight
        losses = [self._shown(mark.snapshot, lambda: evaluate(self.net, *arrays)["loss"]) for mark in kept]
        losses = [value if math.isfinite(value) else math.inf for value in losses]
        return kept[max(place for place, value in enumerate(losses) if value == min(losses))]

    def _shown(self, snapshot: Snapshot, measure: Callable[[], float]) -> float:
        """A number that is measured on the network as it was."""
        now = self.net.snapshot()
        self.net.restore(snapshot)
        try:
            return measure()
        finally:
            self.net.restore(now)
