"""What a training run tells: typed events, and the listener that receives them.

Progress displays, early stopping, checkpoints, the lab are listeners: the loop knows none of them. A listener may look
at everything and ask the run to stop; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layerwise.network import Network, Snapshot
from layerwise.specs import Registry


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins, or goes on from `step`. records: the names of the numbers that every epoch will give.

    samples, steps_per_epoch: None where the data comes in batches of the caller's and nobody knows.
    """

    net: Network
    samples: int | None
    epochs: int
    steps_per_epoch: int | None
    epoch: int
    step: int
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepEnded:
    """One update has been made. step and epoch count from 1; loss is that of the batch, before the update."""

    step: int
    epoch: int
    loss: float
    lr: float


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


class Listener:
    """Receives events; a subclass overrides what it wants to hear. The loop makes no step event that nobody hears.

    Listeners are told in the order in which `fit` got them, and the first wish to stop counts. After a stop in
    `step_ended` the epoch stays incomplete and unrecorded. An error in a listener ends the run and reaches the caller.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> class Enough(Listener):
    ...     def epoch_ended(self, event):
    ...         return Stop("good enough") if event.metrics["train_loss"] < 0.1 else None
    >>> net, x = lw.Network(lw.Linear(1, 1)), np.array([[-1.0], [1.0]])
    >>> history = lw.fit(net, (x, 2 * x), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1), epochs=99, listeners=[Enough()])
    >>> history.stopped, history.epochs < 99
    ('good enough', True)
    """

    def started(self, event: Started) -> None:
        """The run begins."""

    def step_ended(self, event: StepEnded) -> Stop | None:
        """An update was made."""
        return None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        """An epoch is complete."""
        return None

    def ended(self, event: Ended) -> None:
        """The run is over; called in every case, also where another listener failed before this one was started."""

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


LISTENERS: Registry[Listener] = Registry("listener")
