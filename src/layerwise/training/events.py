"""What a training run tells: typed events, and the listener that receives them.

Progress displays, early stopping, the doctor, the lab are listeners: the loop knows none of them. A listener may look
at everything, ask the run to stop, and say what it has noticed; it changes nothing.

Events hold references, not copies: what `run`, `batch`, `before`, `net` show now is other after the next step. Copy
what you keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from layerwise.network import Network, Snapshot
from layerwise.specs import Registry
from layerwise.tap import Tap
from layerwise.training.samples import Batch

if TYPE_CHECKING:
    from layerwise.training.run import Run


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins, or goes on from `step`: after a resumption, after an end, or after it went back.

    samples, steps_per_epoch: None where the data comes in batches of the caller's and nobody knows.
    records: the names of the numbers that every epoch will give.
    run: the run itself, to be read: its loss, optimizer, schedule, data.
    """

    net: Network
    samples: int | None
    epochs: int
    steps_per_epoch: int | None
    epoch: int
    step: int
    records: tuple[str, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class StepEnded:
    """One update has been made.

    step, epoch: counted from 1. loss: that of the batch, before the update. lr: the rate of the update.
    run: the run itself, to be read. batch: what the step learnt from. before: the network before the step.
    gradient_norm: the length of the gradient of the loss, before any penalty is added and before it is clipped.
    """

    step: int
    epoch: int
    loss: float
    lr: float
    run: Run
    batch: Batch
    before: Snapshot
    gradient_norm: float


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """All samples have been seen once more. metrics: the history's numbers of this epoch, by name."""

    epoch: int
    epochs: int
    step: int
    metrics: Mapping[str, float]
    net: Network


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over, whatever ended it: "finished", "interrupted", "diverged", "failed" (by an error, also one in a
    listener), or the reason of a `Stop`, such as "stopped early"."""

    reason: str
    step: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A listener's wish to end the run, and the snapshot of the network to go back to (None: stay).

    reason: what the history and `Ended` then say. A stopped run stays stopped: resuming it changes nothing. The reason
    "finished" is for a wish at the end of the last epoch, which only brings a snapshot to go back to: given more
    epochs, a resumed run goes on, from where it was before it went back.
    """

    reason: str
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """A listener's answer: something that everybody should hear, in a form of the listener's own.

    step: the updates made when it was noticed. finding: what; `str(finding)` should be a sentence.
    """

    step: int
    finding: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting was changed in flight, by `Run.set`, after so many updates."""

    step: int
    setting: str
    before: Any
    after: Any


Answer: TypeAlias = Stop | Noticed | None
"""What a listener may answer to a step or an epoch."""


class Listener:
    """Receives events; a subclass overrides what it wants to hear. The loop makes no step event that nobody hears.

    Listeners are told in the order in which the run got them, and the first wish to stop counts. After a stop in
    `step_ended` the epoch stays incomplete and unrecorded. An error in a listener ends the run and reaches the caller.
    What a listener answers as `Noticed` is told to all of them. One that overrides `tap` is asked before every step
    whether it wants to look inside; where nobody does, the step costs nothing extra.
    A listener has a name in an experiment's table once its class is registered: `@lw.training.LISTENERS.register`.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> class Enough(Listener):
    ...     def epoch_ended(self, event):
    ...         return Stop("good enough") if event.metrics["train_loss"] < 0.1 else None
    >>> net, x = lw.Network(lw.Linear(1, 1)), np.array([[-1.0], [1.0]])
    >>> history = lw.fit(net, (x, 2 * x), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1), epochs=99, listeners=[Enough()])
    >>> history.stopped, history.epochs < 99
    ('good enough', True)

    One that looks inside, a `Tap` of its own, and says what it has found (examples/06_dead_units.py names the units):

    >>> class DeadUnits(Listener, Tap):
    ...     def tap(self, step):
    ...         return self if step == 1 else None
    ...     def activation(self, where, value):
    ...         self.dead = (value <= 0).all(axis=0).sum()
    ...     def epoch_ended(self, event):
    ...         return Noticed(event.step, f"{self.dead} dead units")
    ...     def noticed(self, event):
    ...         print(event.finding)
    >>> net = lw.Network(lw.Linear(1, 4), lw.ReLU())
    >>> net[0].bias = [-9, 0, 0, -9]
    >>> history = lw.fit(net, (x, np.ones((2, 4))), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1), epochs=1,
    ...                  listeners=[DeadUnits()])
    2 dead units
    """

    def started(self, event: Started) -> None:
        """The run begins."""

    def step_ended(self, event: StepEnded) -> Answer:
        """An update was made."""
        return None

    def epoch_ended(self, event: EpochEnded) -> Answer:
        """An epoch is complete."""
        return None

    def noticed(self, event: Noticed) -> None:
        """A listener, perhaps this one, has noticed something."""

    def changed(self, event: Changed) -> None:
        """A setting of the run was changed."""

    def tap(self, step: int) -> Tap | None:
        """A tap for the step that is about to be made, number `step` counted from 1; None: this one goes unseen.

        With a tap a step goes layer by layer, with the same bits, and a small network then takes several times as
        long: ask for a step in so many.
        """
        return None

    def ended(self, event: Ended) -> None:
        """The run is over; called in every case, also where another listener failed before this one was started."""

    def fallback(self) -> Snapshot | None:
        """The snapshot that the network is to show if the run diverges: the best that this listener knows, or None."""
        return None

    def state(self) -> dict[str, Any]:
        """What a checkpoint must hold for this listener to go on exactly: finite numbers, text, lists, and arrays."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave; called before `started`, when a run is resumed.

        It is called on a shallow copy first, so that a state that does not fit is refused before anything has changed:
        set attributes to new values, and change no list or array that they hold.
        """

    @property
    def hears_steps(self) -> bool:
        """Whether `step_ended` is overridden."""
        return type(self).step_ended is not Listener.step_ended

    @property
    def asks_for_taps(self) -> bool:
        """Whether `tap` is overridden."""
        return type(self).tap is not Listener.tap


LISTENERS: Registry[Listener] = Registry("listener")
