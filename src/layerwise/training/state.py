"""The state of a run between two steps: everything that the next step depends on, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from layerwise.network import Snapshot
from layerwise.training.events import Changed
from layerwise.training.history import History
from layerwise.types import Array


@dataclass
class Position:
    """Where a run stands, between two steps."""

    epoch: int = 0
    """Whole epochs done."""
    samples: int = 0
    """Samples seen in the epoch that has begun."""
    step: int = 0
    """Updates made."""
    loss_total: float = 0.0
    """Sum over the batches of this epoch of their loss times what it was a mean over."""
    weight: float = 0.0
    """Sum over the batches of this epoch of their total weight; without weights, the number of samples."""
    first_loss: float = 0.0
    """The loss of the very first batch, the measure of divergence."""
    stopped: str = ""
    """Why a listener ended the run; empty if none has."""
    first_pass: int = 0
    """The passes that the network had made in training when the run began: the addresses of its randomness go on."""

    def copy(self) -> Position:
        """The same place, which stays while the run goes on."""
        return Position(**vars(self))


@dataclass(frozen=True)
class RunState:
    """A run between two steps, copied: `Run.state()` makes one, `Run.go_back(state)` returns to it.

    On disk it is a checkpoint: `checkpoint.write(path, state)`, `checkpoint.read(path)`. It holds no data and no dates.

    network: the table of the network, `net.spec()`. weights: its parameters and buffers by name, as it shows them.
    latest: the snapshot that the run goes on from, where the network shows another one (the best, at the end of early
    stopping). passes: the passes made in training. optimizer: its `state_dict()`. position: where the run stands.
    history: what was recorded. listeners: the state of each that has one, by its class and its place among those of
    the class. changes: what `Run.set` has changed, in order. settings: what a run that goes on from here must agree
    on. origin: the file that it was read from.
    """

    network: Mapping[str, Any]
    weights: Mapping[str, Array]
    latest: Snapshot | None
    passes: int
    optimizer: Mapping[str, Any]
    position: Position
    history: History
    listeners: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changes: tuple[Changed, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""

    @property
    def name(self) -> str:
        """How an error speaks of it."""
        return self.origin or "the state"
