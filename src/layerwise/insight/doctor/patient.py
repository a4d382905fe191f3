"""The patient: a setup of training, as `lw.fit` takes it, that is never changed and from which copies are trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from layerwise.checks import require_kind
from layerwise.errors import KindError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training import Listener, Run
from layerwise.training.samples import Shuffled
from layerwise.types import Array

Step = Callable[[Network, Array, Array], Any]
"""A learner's own update: it changes net.theta once, by one batch."""


@dataclass(frozen=True)
class Patient:
    """What `lw.fit` takes, by its names. step: a learner's own update, or None for that of the library."""

    net: Network
    train: Any
    loss: Loss
    optimizer: Optimizer
    epochs: int = 20
    batch_size: int = 64
    validation: Any = None
    sample_weight: Any = None
    schedule: Schedule | None = None
    regularizer: Regularizer | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    seed: int = 0
    threads: int | None = None
    evaluate_train: bool = False
    step: Step | None = None

    def __post_init__(self) -> None:
        require_kind("net", self.net, Network, "lw.Network(...)")
        require_kind("loss", self.loss, Loss, "lw.CrossEntropyLoss()")
        require_kind("optimizer", self.optimizer, Optimizer, "lw.Adam()")
        if self.step is not None and not callable(self.step):
            raise KindError(f"step is a function step(net, x, target) that makes one update; got {self.step!r}")

    def otherwise(self, **changes: Any) -> Patient:
        """The same setup with some things changed."""
        return replace(self, **changes)

    def run(self, listeners: Sequence[Listener] = ()) -> Run:
        """A run of the setup on copies of network and optimizer. Raises what `lw.fit` raises."""
        return Run(
            deepcopy(self.net),
            self.train,
            loss=self.loss,
            optimizer=deepcopy(self.optimizer),
            epochs=self.epochs,
            batch_size=self.batch_size,
            validation=self.validation,
            sample_weight=self.sample_weight,
            schedule=self.schedule,
            regularizer=self.regularizer,
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            listeners=listeners,
            seed=self.seed,
            threads=self.threads,
            evaluate_train=self.evaluate_train,
        )

    @classmethod
    def of(cls, run: Run) -> Patient:
        """The setup of a run that somebody else has made; network and optimizer as they are now, copied."""
        source = run.source
        train = (source.samples.x, source.samples.target) if isinstance(source, Shuffled) else source.make
        weight = source.samples.weight if isinstance(source, Shuffled) else None
        held = run.validation
        return cls(
            deepcopy(run.net),
            train,
            run.loss,
            deepcopy(run.optimizer),
            run.epochs,
            source.batch_size if isinstance(source, Shuffled) else 64,
            None if held is None else (held.x, held.target),
            weight,
            run.schedule,
            run.regularizer,
        )
