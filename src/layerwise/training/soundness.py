"""The guard of a run: it notices that the run has left the range of the numbers, and keeps what was best before.

Good is what was measured, not what is merely finite: a run goes back to the best of a few moments that it has kept
(its start, the best end of an epoch, a moment within a long epoch), network and optimizer together. So what it leaves
is never worse than what it began with. What is kept costs a copy now and then, and not one for every step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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
"""So many updates within an epoch are looked at together, and the moment after them may be kept."""


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
        self.has_statistics = bool(net.buffers())
        self.seen, self.lowest_mean = (0.0, 0.0), math.inf

    # --- keeping -------------------------------------------------------------------------------------------------

    def begin(self, position: Position) -> None:
        """Watch from here on: what is here now is the first moment that is kept."""
        self.start = self._mark(position)
        self.best_epoch: Mark | None = None
        self.within: Mark | None = None
        self.best_score = math.inf
        self.expect(position.first_loss)
        self._begin_epoch(position)

    def epoch_ended(self, score: float, position: Position) -> None:
        """Keep the end of an epoch if none had a lower score."""
        if score <= self.best_score:
            self.best_epoch, self.best_score = self._mark(position), score
        self._begin_epoch(position)

    def window_ended(self, position: Position) -> None:
        """Keep a moment of a long epoch if the losses before it were as low as any in this epoch."""
        loss_total, weight = self.seen
        mean = (position.loss_total - loss_total) / (position.weight - weight)
        if mean <= self.lowest_mean:
            self.within, self.lowest_mean = self._mark(position), mean
        self.seen = position.loss_total, position.weight

    def _begin_epoch(self, position: Position) -> None:
        self.within = None
        self.lowest_mean = math.inf
        self.seen = position.loss_total, position.weight

    def _mark(self, position: Position) -> Mark:
        return Mark(self.net.snapshot(), self.optimizer.state_dict(), position.copy())

    # --- noticing ------------------------------------------------------------------------------------------------

    def expect(self, loss: float) -> None:
        """Take this for a usual loss, from which a loss that is lost is told by its size."""
        self.usual = loss

    def is_lost(self, value: float, batch: Batch) -> bool:
        """Whether a loss says that the run will not come back.

        One that is out of all proportion to the first need not: a batch with an outlier has such a loss under any
        weights. It is set beside that of the weights from the start, on the same batch.
        """
        if not has_diverged(value, self.usual):
            return False
        if not math.isfinite(value):
            return True
        untrained = self._shown(
            self.start.snapshot, lambda: self.loss(self.net(batch.x), batch.target, batch.weight)[0]
        )
        if math.isfinite(untrained):
            self.expect(max(self.usual, untrained))
        return has_diverged(value, self.usual)

    def unsound(self) -> str:
        """What of the network is not finite; empty if all is."""
        if not np.isfinite(self.net.theta).all():
            return "weights"
        return "" if self.statistics_are_finite() else "running statistics"

    def statistics_are_finite(self) -> bool:
        """Whether evaluation can use what the network remembers."""
        return not self.has_statistics or all(np.isfinite(each).all() for each in self.net.buffers().values())

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
