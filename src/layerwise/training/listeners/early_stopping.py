"""Early stopping: end the run when the validation part stops improving, and go back to its best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from layerwise.checks import not_negative, one_of, whole_number, yes_or_no
from layerwise.errors import SettingError
from layerwise.network import Snapshot
from layerwise.training.events import LISTENERS, EpochEnded, Listener, Started, Stop

_BEST = "best/"


@LISTENERS.register
class EarlyStopping(Listener):
    """Stop after `patience` epochs without a better value of `monitor`.

    patience: epochs, 5 unless given. monitor: "val_loss" (smaller is better) or "val_accuracy" (larger is better).
    min_delta: a value must be better than the best one by more than this to count, 0 unless given. restore_best: go
    back to the weights of the best epoch, and to its running statistics, also when the run ends for lack of epochs or
    diverges.
    best_epoch: the epoch of the best value, counted from 1. best_snapshot: the network of then.
    Raises SettingError when the run begins, if `monitor` will not be recorded.
    Source: Prechelt, Early stopping: but when?, 1998.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> net, x = lw.Network(lw.Linear(1, 1)), np.array([[-1.0], [1.0]])
    >>> early = EarlyStopping(patience=3)
    >>> history = lw.fit(net, (x, x), loss=lw.MSELoss(), optimizer=lw.Adam(lr=1.0), validation=(x, x + 1), epochs=99,
    ...                  listeners=[early])
    >>> history.stopped, history.epochs - early.best_epoch
    ('stopped early', 3)
    """

    def __init__(
        self, patience: int = 5, monitor: str = "val_loss", min_delta: float = 0.0, restore_best: bool = True
    ) -> None:
        self.patience = whole_number("patience", patience)
        self.monitor = one_of("monitor", monitor, ("val_loss", "val_accuracy"))
        self.min_delta = not_negative("min_delta", min_delta)
        self.restore_best = yes_or_no("restore_best", restore_best)
        self._forget()

    def _forget(self) -> None:
        self.best = math.inf
        self.best_epoch = 0
        self.best_snapshot: Snapshot | None = None

    def started(self, event: Started) -> None:
        if self.monitor not in event.records:
            raise SettingError(
                f"EarlyStopping watches {self.monitor}, which this run does not record: pass validation= data to fit"
                + (", and use a loss for classes" if self.monitor == "val_accuracy" else "")
            )
        if event.step == 0:  # a new run, perhaps with a listener that has seen another one
            self._forget()

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        value = event.metrics[self.monitor] * (-1 if self.monitor == "val_accuracy" else 1)
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, event.epoch
            self.best_snapshot = event.net.snapshot() if self.restore_best else None
        tired = event.epoch - self.best_epoch >= self.patience
        if tired or event.epoch == event.epochs:
            reason = "stopped early" if tired else "finished"
            return Stop(reason, self.best_snapshot if self.restore_best else None)
        return None

    def fallback(self) -> Snapshot | None:
        return self.best_snapshot

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = {"best_epoch": self.best_epoch}
        if self.best_epoch:
            state["best"] = self.best
        if self.best_snapshot is not None:
            state |= {_BEST + name: array for name, array in self.best_snapshot.arrays().items()}
        return state

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.best_epoch = int(state["best_epoch"])
        self.best = float(state.get("best", math.inf))
        arrays = {name.removeprefix(_BEST): value.copy() for name, value in state.items() if name.startswith(_BEST)}
        self.best_snapshot = Snapshot.of(arrays) if arrays else None
