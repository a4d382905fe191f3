"""The training loop: for every epoch, for every batch, one step; and after it, what happened is told."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.checks import require_kind
from layerwise.errors import DivergedError, TrainingInterrupted
from layerwise.losses import Loss
from layerwise.network import Network, Snapshot
from layerwise.optimizers import Optimizer
from layerwise.optimizers.clipping import norm_of
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training import checkpoint as checkpoints
from layerwise.training.checkpoint import Position
from layerwise.training.divergence import cause, has_diverged
from layerwise.training.evaluation import evaluate, mean_loss
from layerwise.training.events import Answer, Ended, EpochEnded, Listener, Noticed, Started, StepEnded, Stop
from layerwise.training.history import History
from layerwise.training.interrupt import Interrupt
from layerwise.training.samples import Batch, Samples, Shuffled
from layerwise.training.stream import Stream
from layerwise.training.update import Update
from layerwise.types import Array


@dataclass
class Run:
    """One training run: its parts, where it stands, and who listens."""

    net: Network
    source: Shuffled | Stream
    loss: Loss
    optimizer: Optimizer
    epochs: int
    seed: int
    validation: Samples | None
    evaluate_train: bool
    schedule: Schedule | None
    regularizer: Regularizer | None
    clip_norm: float | None
    clip_value: float | None
    listeners: Sequence[Listener]
    display: Listener | None
    checkpoint: str | os.PathLike[str] | None
    settings: dict[str, Any]
    interrupt: Interrupt
    history: History = field(default_factory=History)
    position: Position = field(default_factory=Position)

    def __post_init__(self) -> None:
        self.audience = [*self.listeners, *([self.display] if self.display else [])]
        self.hear_steps = [listener for listener in self.audience if listener.hears_steps]
        self.update = Update(self.net, self.optimizer, self.schedule, self.regularizer, self.clip_norm, self.clip_value)

    # --- the loop ------------------------------------------------------------------------------------------------

    def train(self) -> History:
        """Run to the end, and tell the listeners, whatever the end is."""
        reason = "failed"
        self.good, self.before = self.net.snapshot(), self.net.snapshot()
        try:
            self.tell_start()
            if not self.is_over:
                self.save()  # what can not be written is told before the first step
            while not self.is_over:
                self.epoch()
                if self.interrupt.requested:
                    raise TrainingInterrupted(self.interrupted(), self.position.step, self.history)
            reason = self.position.stopped or "finished"
        except DivergedError:
            reason = "diverged"
            raise
        except KeyboardInterrupt:
            reason = "interrupted"
            raise
        finally:
            self.history.stopped = reason
            self.tell_end(reason)
        return self.history

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or a listener has stopped the run."""
        return self.position.epoch >= self.epochs or bool(self.position.stopped)

    def epoch(self) -> None:
        """Visit every sample once, in the order of this epoch; measure; tell. A stop or Ctrl-C leaves it half done."""
        began, position, last = time.perf_counter(), self.position, None
        for batch in self.source.batches(position.epoch, start=position.samples):
            if batch.total == 0:  # all ignored, or of weight 0: there is nothing to learn from
                position.samples += len(batch.x)
                continue
            lr, last = self.update.rate(position.epoch, position.step), batch
            value = self.step(batch, lr)
            position.samples += len(batch.x)
            position.weight += batch.total
            position.loss_total += value * batch.total
            stop = self.tell_step(batch, value, lr)
            if stop is not None or self.interrupt.requested:
                self.require_sound_weights(batch, lr)
                self.settle(stop)
                return
        lr = self.update.rate(position.epoch, position.step - 1)  # of the last step, made now or before a resumption
        if last is not None:  # else the run was cut after the last step, and looked at then
            self.require_sound_weights(last, lr)
        self.close_epoch(lr, began)

    def step(self, batch: Batch, lr: float) -> float:
        """One update: forward, loss, backward, optimizer. Returns the loss of the batch."""
        net, step = self.net, self.position.step
        net.snapshot(into=self.before)
        net.zero_grad()
        value = net.backpropagate(batch.x, batch.target, self.loss, batch.weight, seed=self.seed, step=step)
        self.keep_good_weights(value, batch, lr)
        self.gradient_norm = norm_of(net.grad) if self.hear_steps else 0.0
        self.update(lr)
        self.position.step += 1
        return value

    def close_epoch(self, lr: float, began: float) -> None:
        """Measure, record, tell the listeners, and write the checkpoint."""
        position = self.position
        metrics = {"lr": lr, "train_loss": position.loss_total / position.weight}
        if self.evaluate_train:
            metrics["train_loss_evaluated"] = mean_loss(self.net, self.source.parts(position.epoch), self.loss)
        if self.validation is not None:
            found = evaluate(self.net, self.validation.x, self.validation.target, self.loss)
            metrics |= {f"val_{name}": value for name, value in found.items()}
        self.history.append(metrics)
        position.epoch, position.samples = position.epoch + 1, 0
        position.loss_total = position.weight = 0.0
        stop = self.tell_epoch(metrics)
        self.history.seconds.append(time.perf_counter() - began)
        self.settle(stop)

    def settle(self, stop: Stop | None) -> None:
        """Follow a wish to stop, if there is one, and write the checkpoint."""
        latest = None
        if stop is not None:
            self.position.stopped = "" if stop.reason == "finished" else stop.reason
            if stop.snapshot is not None:
                latest = self.net.snapshot()
                self.net.restore(stop.snapshot)
        self.save(latest)

    # --- telling -------------------------------------------------------------------------------------------------

    def tell_start(self) -> None:
        """Tell all listeners that the run begins, or goes on."""
        position, records = self.position, ["lr", "train_loss"]
        if self.evaluate_train:
            records.append("train_loss_evaluated")
        if self.validation is not None:
            one = self.validation.example()
            records += [f"val_{name}" for name in evaluate(self.net, one.x, one.target, self.loss)]
        count, steps = self.source.count, self.source.steps
        event = Started(self.net, count, self.epochs, steps, position.epoch, position.step, tuple(records), self)
        for listener in self.audience:
            listener.started(event)

    def tell_step(self, batch: Batch, value: float, lr: float) -> Stop | None:
        """Tell those who hear steps; the first wish to stop counts."""
        if not self.hear_steps:
            return None
        position = self.position
        event = StepEnded(position.step, position.epoch + 1, value, lr, self, batch, self.good, self.gradient_norm)
        return _first([listener.step_ended(event) for listener in self.hear_steps])

    def tell_epoch(self, metrics: dict[str, float]) -> Stop | None:
        """Tell all listeners of the epoch; the first wish to stop counts."""
        event = EpochEnded(self.position.epoch, self.epochs, self.position.step, metrics, self.net)
        return _first([listener.epoch_ended(event) for listener in self.audience])

    def tell_end(self, reason: str) -> None:
        """Tell all listeners that the run is over, the others too if one of them fails."""
        event = Ended(reason, self.position.step, self.position.epoch)
        with ExitStack() as everyone:
            for listener in reversed(self.audience):
                everyone.callback(listener.ended, event)

    # --- keeping what is good ------------------------------------------------------------------------------------

    def keep_good_weights(self, value: float, batch: Batch, lr: float) -> None:
        """Weights whose loss is sound are kept; at the first loss that is not, the run ends with the kept ones."""
        if self.position.step == 0:
            self.position.first_loss = value
        if has_diverged(value, self.position.first_loss):
            raise self.diverged(f"the loss became {value:.3g}", self.position.step + 1, batch, lr)
        # A batch is normalised by its own statistics, so that its loss says nothing about the running ones.
        self.require_finite("running statistics", self.before.buffers.values(), batch, lr)
        self.good, self.before = self.before, self.good

    def require_sound_weights(self, batch: Batch, lr: float) -> None:
        """Weights that are measured or written must be sound: the last update shows only in a loss after it."""
        value, _ = self.loss(self.net(batch.x), batch.target, batch.weight)
        if has_diverged(value, self.position.first_loss):
            raise self.diverged(f"the loss became {value:.3g}", self.position.step, batch, lr)
        self.require_finite("weights", [self.net.theta], batch, lr)
        self.require_finite("running statistics", self.net.buffers().values(), batch, lr)

    def require_finite(self, what: str, arrays: Iterable[Array], batch: Batch, lr: float) -> None:
        """What is kept or written must be finite."""
        if not all(np.isfinite(each).all() for each in arrays):
            raise self.diverged(f"the {what} left the range of the numbers", self.position.step, batch, lr)

    def diverged(self, what: str, step: int, batch: Batch, lr: float) -> DivergedError:
        """Go back to the last good weights, and say what happened."""
        self.net.restore(self.good)
        why = cause(*self.source.at_hand(batch), lr, updates=self.position.step)
        message = f"diverged at step {step}: {what}. {why} The last good weights are kept."
        return DivergedError(message, step, self.history)

    def save(self, latest: Snapshot | None = None) -> None:
        """Write the checkpoint, if one is wanted. latest: what a resumed run goes on from, if not from the network."""
        if self.checkpoint is not None:
            checkpoints.save(
                self.checkpoint,
                self.net,
                self.optimizer,
                self.position,
                self.history,
                self.listeners,
                self.settings,
                latest,
            )

    def interrupted(self) -> str:
        """What Ctrl-C leaves behind, in words."""
        where = f"interrupted after step {self.position.step}"
        if self.checkpoint is None:
            return f"{where}; the network holds the weights of that step"
        return f"{where}; go on with resume={os.fspath(self.checkpoint)!r}"


def _first(answers: Sequence[Answer]) -> Stop | None:
    """The first wish to stop, if there is one."""
    for answer in answers:
        if not isinstance(answer, Noticed):
            require_kind("what a listener answers", answer, Stop, optional=True)
    return next((answer for answer in answers if isinstance(answer, Stop)), None)
