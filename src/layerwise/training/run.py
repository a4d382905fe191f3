"""The run: training that can be stepped, looked into, wound back, forked and steered."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import cached_property
from typing import Any

import numpy as np

from layerwise.checks import positive, require_kind, require_path, whole_number, yes_or_no
from layerwise.errors import DivergedError, KindError, SettingError, TrainingInterrupted
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training import checkpoint as checkpoints
from layerwise.training import steering
from layerwise.training.agreement import data_of, settings_of, warn_of_other_twins
from layerwise.training.audience import Audience, named
from layerwise.training.belonging import adopt, claim, require_own
from layerwise.training.events import Changed, Ended, Listener, Started
from layerwise.training.history import History
from layerwise.training.inputs import checked, listeners_in, require_finite_weights
from layerwise.training.interrupt import Interrupt, interruptible
from layerwise.training.listeners.progress import progress_listener
from layerwise.training.loop import Loop
from layerwise.training.restoring import restore
from layerwise.training.samples import Samples, Shuffled
from layerwise.training.sources import source_of
from layerwise.training.state import Position, RunState
from layerwise.training.stream import Stream
from layerwise.training.threads import environment, run_threads, thread_count
from layerwise.training.update import Update


class Run:
    """A training run that is advanced as far as one likes; `fit` advances one to its end.

    It takes what `fit` takes, and nothing moves before `advance`. Any mix of `advance`, `state`, `go_back`, `fork`,
    and of writing a state to a file and reading it, ends with the bits of the run made in one go. Threads,
    floating-point settings and Ctrl-C are held while it advances and at no other time, so many runs share a process.
    A run that diverges goes back to the best moment that it has kept since it began, or was last resumed or wound back:
    network, optimizer and position together. `set` may then help it on.
    Raises what `fit` raises.

    >>> import layerwise as lw
    >>> x = np.linspace(-1, 1, 40).reshape(-1, 1)
    >>> net = lw.Network(lw.Linear(1, 8), lw.Tanh(), lw.Linear(8, 1))
    >>> run = Run(net, (x, x**2), loss=lw.MSELoss(), optimizer=lw.Adam(lr=0.01), epochs=50, batch_size=10)
    >>> run.advance(100)              # updates; None: it is not over
    >>> state = run.state()
    >>> run.set(lr=1e-3)
    >>> run.advance(), run.position.step
    ('finished', 200)
    >>> run.go_back(state)
    >>> run.position.step, run.optimizer.lr
    (100, 0.01)
    """

    def __init__(
        self,
        net: Network,
        train: Any,
        *,
        loss: Loss,
        optimizer: Optimizer,
        epochs: int = 20,
        batch_size: int = 64,
        validation: Any = None,
        sample_weight: Any = None,
        schedule: Schedule | None = None,
        regularizer: Regularizer | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        listeners: Sequence[Listener] = (),
        checkpoint: str | os.PathLike[str] | None = None,
        resume: str | os.PathLike[str] | None = None,
        seed: int = 0,
        threads: int | None = None,
        evaluate_train: bool = False,
        progress: bool | None = False,
    ) -> None:
        require_kind("net", net, Network, "lw.Network(...)")
        require_kind("loss", loss, Loss, "lw.CrossEntropyLoss()")
        require_kind("optimizer", optimizer, Optimizer, "lw.Adam()")
        require_kind("schedule", schedule, Schedule, "lw.CosineAnnealingLR(T_max=20)", optional=True)
        require_kind("regularizer", regularizer, Regularizer, "lw.L2(1e-4)", optional=True)
        listeners = listeners_in(listeners)
        require_path("checkpoint", checkpoint, optional=True)
        require_path("resume", resume, optional=True)
        display = progress_listener(progress if progress is None else yes_or_no("progress", progress))
        epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
        seed = whole_number("seed", seed, minimum=0)
        clip_norm = None if clip_norm is None else positive("clip_norm", clip_norm)
        clip_value = None if clip_value is None else positive("clip_value", clip_value)
        evaluate_train = yes_or_no("evaluate_train", evaluate_train)
        require_own(optimizer, net)
        source = source_of(train, sample_weight, net, loss, batch_size, seed)
        held_out = None if validation is None else checked("validation", validation, net, loss)
        update = Update(net, optimizer, schedule, regularizer, clip_norm, clip_value)
        self._settings = settings_of(update, loss, batch_size, seed, evaluate_train)
        self._changes: tuple[Changed, ...] = ()
        self._checkpoint = checkpoint
        self._loop = Loop(
            run=self,
            net=net,
            source=source,
            loss=loss,
            update=update,
            epochs=epochs,
            seed=seed,
            validation=held_out,
            evaluate_train=evaluate_train,
            audience=Audience(listeners, display),
            write=self._write,
            position=Position(first_pass=net.passes),
        )
        self._under_way = threading.Lock()
        self._is_told = False
        previous = None if resume is None else checkpoints.read(resume)
        self.threads = thread_count(threads, recorded=1 if previous is None else checkpoints.threads_of(previous))
        if previous is None:
            require_finite_weights(net)
        else:
            self.go_back(previous)
            warn_of_other_twins(previous)
        self.history.environment = environment(self.threads)
        self._loop.soundness.begin(self._loop.position)
        adopt(optimizer, net)

    # --- advancing -----------------------------------------------------------------------------------------------

    def advance(self, steps: int | None = None) -> str | None:
        """Make so many updates, or all that are left; return why the run is over, or None where it is not.

        steps: updates, 1 or more; to the end unless given. An epoch is closed, measured and told with its last update.
        The reason: "finished", or that of a listener's `Stop`. A run that is over says so again, and does nothing.
        After an interruption, a failure or a divergence the run stands where `position` says, and can be advanced.
        Raises DivergedError, TrainingInterrupted on Ctrl-C, SettingError for a run that is being advanced already.
        """
        last = math.inf if steps is None else self._loop.position.step + whole_number("steps", steps)
        if self._loop.is_over and self.history.stopped == self._reason:
            return self._reason
        claim(self.optimizer, self.net)
        with (
            self._advancing(),
            run_threads(self.net, self.threads),
            interruptible() as interrupt,
            np.errstate(all="ignore"),  # overflow and the like are noticed by their effect on the loss, told in words
        ):
            return self._advance(last, interrupt)

    def _advance(self, last: float, interrupt: Interrupt) -> str | None:
        """Run the loop, and tell the listeners what has ended it, whatever that is."""
        reached, reason = self._loop.position, "failed"
        try:
            self._begin()
            self._loop.go(last, interrupt)
            if interrupt.requested:
                raise self._interrupted()
            reason = self._reason
        except DivergedError:
            reason = "diverged"
            raise
        except KeyboardInterrupt:
            reason = "interrupted"
            raise
        finally:
            position = self._loop.position
            self.net.passes = max(self.net.passes, position.first_pass + position.step)
            if reason:
                self._end(reason, reached if reason == "diverged" else position)
        return reason or None

    def _begin(self) -> None:
        """Tell all listeners that the run begins, or goes on."""
        if self._is_told:
            return
        self._is_told = True
        self._loop.audience.started(self._started())
        if not self._loop.is_over:
            self._write()  # what can not be written is told before the first step

    def _started(self) -> Started:
        """That the run begins, or where it stands."""
        loop, position, records = self._loop, self._loop.position, ["lr", "train_loss"]
        if loop.evaluate_train:
            records.append("train_loss_evaluated")
        if loop.validation is not None:
            records += ["val_loss", "val_accuracy"][: 1 + loop.validation.has_answers]
        count, steps = loop.source.count, loop.source.steps
        return Started(self.net, count, loop.epochs, steps, position.epoch, position.step, tuple(records), self)

    def _end(self, reason: str, reached: Position) -> None:
        """Tell all listeners that the run is over, or has broken off."""
        self.history.stopped = reason
        self._loop.feed.close()
        self._is_told = False
        self._loop.audience.ended(Ended(reason, reached.step, reached.epoch))

    @property
    def _reason(self) -> str:
        """Why the run is over; empty if it is not."""
        return (self._loop.position.stopped or "finished") if self._loop.is_over else ""

    @contextmanager
    def _advancing(self) -> Iterator[None]:
        """One advance at a time."""
        if not self._under_way.acquire(blocking=False):
            raise SettingError("this run is being advanced already: let that end first, or advance a fork()")
        try:
            yield
        finally:
            self._under_way.release()

    def _interrupted(self) -> TrainingInterrupted:
        """Leave the run after the step that Ctrl-C came in, and say where it stands."""
        self._loop.pause()
        step = self._loop.position.step
        rest = "the network holds the weights of that step"
        if self._checkpoint is not None:
            rest = f"go on with resume={os.fspath(self._checkpoint)!r}"
        return TrainingInterrupted(f"interrupted after step {step}; {rest}", step, self.history)

    # --- states --------------------------------------------------------------------------------------------------

    def state(self) -> RunState:
        """All that the next step depends on, copied: for `go_back`, or for a file, by `checkpoint.write(path, state)`.

        Call it between two advances, or from a listener. While an event is told, the listeners before that one have
        heard it and those after it have not, and no `Stop` is followed yet: a run that goes on from there hears no
        second time of this event. Early stopping goes on exactly from a state between two advances.
        """
        loop = self._loop
        return RunState(
            network=self._network,
            weights=self.net.state_dict(),
            latest=deepcopy(loop.latest),
            passes=max(self.net.passes, loop.position.first_pass + loop.position.step),
            optimizer=self.optimizer.state_dict(),
            position=loop.position.copy(),
            history=deepcopy(self.history),
            listeners={name: deepcopy(listener.state()) for name, listener in named(loop.audience.listeners)},
            changes=self._changes,
            settings=self._settings | self._data,
        )

    def go_back(self, state: RunState) -> None:
        """Return to a state of this run, or of one that agrees with it in network, settings and data; forward, too.

        What `set` had changed since is undone, and what the state had changed is done again. Listeners that have a
        state go back as well, and hear `started` with the next advance. The number of epochs stays what it is.
        Raises SettingError for a state of another run, FileError for one whose parts do not fit together; nothing has
        changed then.
        """
        require_kind("state", state, RunState, "run.state()")
        require_own(self.optimizer, self.net)
        with self._advancing():
            restore(self._loop, state, self._network, self._settings | self._data, self._changes)
            self._changes = state.changes
            self._is_told = False

    def fork(self) -> Run:
        """A second run that stands where this one stands, and goes its own way: data shared, all else copied.

        Its listeners are shallow copies of this one's with their states copied; it writes no checkpoint and shows no
        progress. `copy.copy(run)` and `copy.deepcopy(run)` fork as well.
        """
        return self.__deepcopy__({})

    __copy__ = fork

    def __deepcopy__(self, memo: dict[int, Any]) -> Run:
        """A fork. Copied together with its network or optimizer, it trains the copies of these, which memo holds."""
        other = memo[id(self)] = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__, _checkpoint=None, _under_way=threading.Lock(), _is_told=False)
        other._loop = self._loop.fork(other, other._write, memo)
        adopt(other.optimizer, other.net)
        return other

    def __reduce__(self) -> Any:
        raise KindError(
            "a run is not pickled: checkpoint.write(path, run.state()) keeps it, resume=path goes on from it"
        )

    def _write(self) -> None:
        """Write the checkpoint, if one is wanted."""
        if self._checkpoint is not None:
            checkpoints.write(self._checkpoint, self.state())

    # --- steering ------------------------------------------------------------------------------------------------

    def set(self, **settings: Any) -> None:
        """Change settings for the next step on: `run.set(lr=1e-3, clip_norm=1.0)`.

        Known: the optimizer's own (lr, weight_decay, ...), clip_norm, clip_value, regularizer, schedule, batch_size,
        epochs. All are checked before one is changed; each change is told to the listeners as `Changed` and, but that
        of epochs, kept in the state, so that a run that goes on from a file has it too. A schedule goes on from the
        new lr, as if the optimizer had been made with it.
        Raises SettingError and KindError for what a constructor or `fit` would refuse.
        """
        loop = self._loop
        new = {name: steering.checked(loop, name, value) for name, value in settings.items()}
        for name, value in new.items():
            change = Changed(loop.position.step, name, steering.value_of(loop, name), value)
            steering.put(loop, name, value)
            if name != "epochs":
                self._changes = (*self._changes, change)
            loop.audience.changed(change)

    def listen(self, listener: Listener) -> None:
        """Have a listener hear what happens from now on, after those that are there; it hears `started` first."""
        require_kind("listener", listener, Listener)
        if self._is_told:
            listener.started(self._started())
        audience = self._loop.audience
        audience.listeners.append(listener)
        audience.settle()

    def dismiss(self, listener: Listener) -> None:
        """Let a listener go: it hears nothing more. Raises SettingError for one that does not listen."""
        audience = self._loop.audience
        if not any(each is listener for each in audience.listeners):
            raise SettingError(f"{listener!r} does not listen to this run, so there is nobody to dismiss")
        audience.listeners = [each for each in audience.listeners if each is not listener]
        audience.settle()

    # --- reading -------------------------------------------------------------------------------------------------

    @property
    def net(self) -> Network:
        """What is trained; at the end of early stopping it shows the best epoch."""
        return self._loop.net

    @property
    def loss(self) -> Loss:
        return self._loop.loss

    @property
    def optimizer(self) -> Optimizer:
        return self._loop.update.optimizer

    @property
    def schedule(self) -> Schedule | None:
        return self._loop.update.schedule

    @property
    def regularizer(self) -> Regularizer | None:
        return self._loop.update.regularizer

    @property
    def source(self) -> Shuffled | Stream:
        """Where the batches come from."""
        return self._loop.source

    @property
    def validation(self) -> Samples | None:
        return self._loop.validation

    @property
    def epochs(self) -> int:
        """How many epochs the run has in all."""
        return self._loop.epochs

    @property
    def position(self) -> Position:
        """Where the run stands: whole epochs, samples of the next one, updates. A copy."""
        return self._loop.position.copy()

    @property
    def history(self) -> History:
        """What was recorded so far."""
        return self._loop.history

    @cached_property
    def _network(self) -> dict[str, Any]:
        """The table of the network; a state in memory does without, where a layer has no name in tables."""
        try:
            return self.net.spec()
        except SettingError as error:
            return {"unregistered": str(error), "network": repr(self.net)}

    @cached_property
    def _data(self) -> dict[str, str]:
        """Sums over the data; taken once, when a state is wanted first."""
        return data_of(self.source, self.validation)
