"""Early stopping: end the run when the validation part stops improving, and go back to the best weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from layerwise.checks import not_negative, one_of, whole_number, yes_or_no
from layerwise.errors import SettingError
from layerwise.training.events import EpochEnded, Listener, Stop
from layerwise.types import Array


class EarlyStopping(Listener):
    """Stop after `patience` epochs without a better value of `monitor`.

    monitor: "val_loss" (smaller is better) or "val_accuracy" (larger is better). min_delta: by how much better counts.
    restore_best: go back to the weights of the best epoch, also when the run ends for lack of epochs.
    Source: Prechelt, Early stopping: but when?, 1998.
    """

    def __init__(
        self, patience: int = 5, monitor: str = "val_loss", min_delta: float = 0.0, restore_best: bool = True
    ) -> None:
        self.patience = whole_number("patience", patience)
        self.monitor = one_of("monitor", monitor, ("val_loss", "val_accuracy"))
        self.min_delta = not_negative("min_delta", min_delta)
        self.restore_best = yes_or_no("restore_best", restore_best)
        self.best = math.inf
        self.best_epoch = 0
        self.best_theta: Array | None = None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        if self.monitor not in event.metrics:
            raise SettingError(
                f"EarlyStopping watches {self.monitor}, which this run does not record: pass validation= data to fit"
                + (", and use a loss for classes" if self.monitor == "val_accuracy" else "")
            )
        value = event.metrics[self.monitor] * (-1 if self.monitor == "val_accuracy" else 1)
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, event.epoch
            self.best_theta = event.net.theta.copy() if self.restore_best else None
        tired = event.epoch - self.best_epoch >= self.patience
        if tired or event.epoch == event.epochs:
            reason = "stopped early" if tired else "finished"
            return Stop(reason, self.best_theta if self.restore_best else None)
        return None

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = {"best_epoch": self.best_epoch}
        if self.best_epoch:
            state["best"] = self.best
        if self.best_theta is not None:
            state["best_theta"] = self.best_theta
        return state

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.best_epoch = int(state["best_epoch"])
        self.best = float(state.get("best", math.inf))
        theta = state.get("best_theta")
        self.best_theta = None if theta is None else np.array(theta)
