"""The training loop: for every epoch, for every batch, one step; and after it, what happened is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from layerwise.errors import DivergedError, LayerwiseError
from layerwise.losses import Loss
from layerwise.network import Network, Snapshot
from layerwise.optimizers.clipping import norm_of
from layerwise.training.audience import Audience, twin
from layerwise.training.divergence import cause
from layerwise.training.evaluation import evaluate, mean_loss
from layerwise.training.events import EpochEnded, StepEnded, Stop
from layerwise.training.feed import Feed
from layerwise.training.history import History
from layerwise.training.interrupt import Interrupt
from layerwise.training.non_finite import first_non_finite
from layerwise.training.samples import Batch, Samples, Shuffled
from layerwise.training.soundness import WINDOW, Soundness
from layerwise.training.state import Position
from layerwise.training.stream import Stream
from layerwise.training.update import Update


@dataclass
class Loop:
    """What a run computes with, and where it stands. `go` can be left after any step, and entered again.

    run: the run that this is the loop of, which events speak of. write: writes the checkpoint, if one is wanted.
    latest: what the run goes on from, where the network shows another snapshot, at the end of early stopping.
    """

    run: Any
    net: Network
    source: Shuffled | Stream
    loss: Loss
    update: Update
    epochs: int
    seed: int
    validation: Samples | None
    evaluate_train: bool
    audience: Audience
    write: Callable[[], None]
    history: History = field(default_factory=History)
    position: Position = field(default_factory=Position)
    latest: Snapshot | None = None

    def __post_init__(self) -> None:
        self.feed = Feed(self.source)
        self.soundness = Soundness(self.net, self.update.optimizer, self.loss)
        self.before = self.net.snapshot()
        self.last: Batch | None = None
        self.spent = 0.0

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or a listener has stopped the run."""
        return self.position.epoch >= self.epochs or bool(self.position.stopped)

    # --- the loop ------------------------------------------------------------------------------------------------

    def go(self, last: float, interrupt: Interrupt) -> None:
        """Make updates until number `last` is made, the run is over, or Ctrl-C was pressed."""
        if self.latest is not None and not self.is_over:
            self.net.restore(self.latest)
            self.latest = None
        self.entered = time.perf_counter()
        position = self.position
        while not (self.is_over or interrupt.requested):
            if position.step >= last and not self.feed.is_over(position):
                self.require_finite()
                break
            batch = self.feed.look(position)  # not kept for the next round: a listener may set the batch size
            if batch is None:
                self.close_epoch()
            else:
                self.step(batch)
        self.spent += time.perf_counter() - self.entered

    def pause(self) -> None:
        """Leave the run between two steps for long: what is written must be sound."""
        if self.last is not None and self.position.samples and not self.is_over:
            self.require_sound_weights(self.last, self.update.rate(self.position.epoch, self.position.step - 1))
            self.write()

    def go_back(self, position: Position, history: History, latest: Snapshot | None) -> None:
        """Stand there; the network and the optimizer do already."""
        self.position, self.history, self.latest, self.last = position, history, latest, None
        self.spent = 0.0
        self.feed.close()
        self.soundness.begin(position)

    def fork(self, run: Any, write: Callable[[], None], memo: dict[int, Any]) -> Loop:
        """The loop of another run, which begins here: the data are shared, all else is copied.

        memo: what has been copied already, as for `copy.deepcopy`.
        """
        net, optimizer = deepcopy(self.net, memo), deepcopy(self.update.optimizer, memo)
        update = replace(self.update, net=net, optimizer=optimizer)
        audience = Audience([twin(listener) for listener in self.audience.listeners])
        other = replace(self, run=run, net=net, update=update, audience=audience, write=write)
        other.go_back(self.position.copy(), deepcopy(self.history), deepcopy(self.latest))
        return other

    def step(self, batch: Batch) -> None:
        """One update: forward, loss, backward, optimizer. Then tell, and follow a wish to stop."""
        net, position, audience = self.net, self.position, self.audience
        lr = self.update.rate(position.epoch, position.step)
        heard = audience.of_steps
        if heard:
            net.snapshot(into=self.before)
        net.zero_grad()
        value = net.backpropagate(
            batch.x,
            batch.target,
            self.loss,
            batch.weight,
            denominator=batch.denominator,
            tap=audience.tap(position.step + 1) if audience.with_taps else None,
            seed=self.seed,
            step=position.first_pass + position.step,
        )
        self.require_sound_loss(value, batch, lr)
        norm = norm_of(net.grad) if heard else 0.0
        self.update(lr)
        position.step += 1
        position.loss_total += value * batch.size
        position.weight += batch.total
        self.feed.use(position)
        self.last = batch
        if position.step % WINDOW == 0:
            self.soundness.window_ended(position)
        if heard:
            event = StepEnded(position.step, position.epoch + 1, value, lr, self.run, batch, self.before, norm)
            stop = audience.step_ended(event)
            if stop is not None:
                self.require_sound_weights(batch, lr)
                self.settle(stop)

    def close_epoch(self) -> None:
        """Measure, record, tell the listeners, and write the checkpoint."""
        position = self.position
        lr = self.update.rate(position.epoch, position.step - 1)  # of the last step, made now or before a resumption
        if self.last is not None:  # else the run was cut after the last step, and looked at then
            self.require_sound_weights(self.last, lr)
        metrics = {"lr": lr, "train_loss": position.loss_total / position.weight}
        if self.evaluate_train:
            metrics["train_loss_evaluated"] = mean_loss(self.net, self.source.parts(position.epoch), self.loss)
        if self.validation is not None:
            held_out = self.validation
            found = evaluate(self.net, held_out.x, held_out.target, self.loss, held_out.weight)
            metrics |= {f"val_{name}": value for name, value in found.items()}
        self.history.append(metrics)
        now = time.perf_counter()
        self.history.seconds.append(self.spent + now - self.entered)
        self.spent, self.entered = 0.0, now
        position.epoch, position.samples = position.epoch + 1, 0
        position.loss_total = position.weight = 0.0
        self.feed.close()
        best_known = next(name for name in ("val_loss", "train_loss_evaluated", "train_loss") if name in metrics)
        self.soundness.epoch_ended(metrics[best_known], position)
        stop = self.audience.epoch_ended(EpochEnded(position.epoch, self.epochs, position.step, metrics, self.net))
        self.settle(stop)

    def settle(self, stop: Stop | None) -> None:
        """Follow a wish to stop, if there is one, and write the checkpoint."""
        if stop is not None:
            self.position.stopped = "" if stop.reason == "finished" else stop.reason
            if stop.snapshot is not None:
                self.net.require_own(stop.snapshot)
                self.latest = self.net.snapshot() if self.is_over else None
                self.net.restore(stop.snapshot)
        self.write()

    # --- keeping what is good ------------------------------------------------------------------------------------

    def require_sound_loss(self, value: float, batch: Batch, lr: float) -> None:
        """A loss out of all proportion ends the run."""
        if self.position.step == 0:
            self.position.first_loss = value
            self.soundness.expect(value)
        if self.soundness.is_lost(value, batch):
            raise self.diverged(f"the loss became {value:.3g}", self.position.step + 1, batch, lr)
        if (
            self.soundness.has_statistics and not self.soundness.statistics_are_finite()
        ):  # which no loss shows while each batch has its own
            what = "the running statistics left the range of the numbers"
            raise self.diverged(what, self.position.step + 1, batch, lr)

    def require_sound_weights(self, batch: Batch, lr: float) -> None:
        """Weights that are measured or written must be sound: the last update shows only in a loss after it."""
        value, _ = self.loss(self.net(batch.x), batch.target, batch.weight)
        if self.soundness.is_lost(value, batch):
            raise self.diverged(f"the loss became {value:.3g}", self.position.step, batch, lr)
        self.require_finite()

    def require_finite(self) -> None:
        """What is left in the network must be finite."""
        what, position = self.soundness.unsound(), self.position
        if what and self.last is not None:
            lr = self.update.rate(position.epoch, position.step - 1)
            raise self.diverged(f"the {what} left the range of the numbers", position.step, self.last, lr)

    def first_non_finite(self, batch: Batch, step: int) -> str:
        """The operation that first left the range of the numbers, in a sentence; "" where all are finite yet."""
        address = self.position.first_pass + step - 1
        try:
            found = first_non_finite(self.net, batch.x, batch.target, self.loss, seed=self.seed, step=address)
        except LayerwiseError:  # a loss may refuse what is not finite
            return ""
        return "" if found is None else f"{found.short[0].upper()}{found.short[1:]}. "

    def diverged(self, what: str, step: int, batch: Batch, lr: float) -> DivergedError:
        """Go back to the best moment that was kept, and say what happened.

        The network shows what a listener wants to fall back to, if one does: the best epoch of early stopping.
        """
        why = cause(*self.source.at_hand(batch), lr, updates=self.position.step)
        record = deepcopy(self.history)
        record.stopped = "diverged"
        why = f"{self.first_non_finite(batch, step)}{why}"
        error = DivergedError(f"diverged at step {step}: {what}. {why} The best weights so far are kept.", step, record)
        mark = self.soundness.best(self.source.sample(batch) if self.validation is None else self.validation)
        self.net.restore(mark.snapshot)
        self.update.optimizer.load_state_dict(mark.optimizer)
        self.position, self.last = mark.position.copy(), None
        self.history.cut(self.position.epoch)
        wish = self.audience.fallback()
        if wish is not None:
            self.latest = mark.snapshot
            self.net.restore(wish)
        return error
