"""The record of a run: one number per epoch and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerwise.display import Displayed


class History(Displayed, Mapping[str, list[float]]):
    """`history["val_loss"]` is a list with one number per epoch.

    Names: "lr"; "train_loss", the mean loss of the epoch's batches while the weights moved; with evaluate_train=True
    "train_loss_evaluated", the loss on all training samples in evaluation mode after the epoch; and with validation
    data "val_loss" and, for classes, "val_accuracy", measured in the same way.
    The first two differ: the running mean is of weights from before the epoch to its end, and with dropout on; only the
    evaluated one can be set beside the validation loss to tell overfitting.
    stopped: why the run ended. environment: what the bits depend on. seconds: the duration of each epoch, in this
    process; kept apart, since it is the one thing here that differs between two equal runs.

    >>> history = History()
    >>> history.append({"train_loss": 0.5})
    >>> history.append({"train_loss": 0.25})
    >>> history["train_loss"], history
    ([0.5, 0.25], <History of 2 epochs: train_loss 0.25>)
    """

    def __init__(self, records: Mapping[str, list[float]] | None = None) -> None:
        self._records = {name: list(values) for name, values in (records or {}).items()}
        self.stopped = "running"
        self.environment: dict[str, Any] = {}
        self.seconds: list[float] = []

    def append(self, metrics: Mapping[str, float]) -> None:
        """Add the numbers of one epoch."""
        for name, value in metrics.items():
            self._records.setdefault(name, []).append(float(value))

    def cut(self, epochs: int) -> None:
        """Forget all that was recorded after so many epochs, and why the run ended."""
        self._records = {name: values[:epochs] for name, values in self._records.items()} if epochs else {}
        self.seconds = self.seconds[:epochs]
        self.stopped = "running"

    @property
    def epochs(self) -> int:
        """How many epochs are recorded."""
        return max((len(values) for values in self._records.values()), default=0)

    def as_dict(self) -> dict[str, list[float]]:
        """The numbers as plain lists, copied."""
        return {name: list(values) for name, values in self._records.items()}

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._records:
            raise KeyError(f"{name!r} was not recorded; recorded: {', '.join(self._records) or 'nothing yet'}")
        return self._records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self._records.items() if values)
        return f"<History of {self.epochs} epochs: {last or 'empty'}>"
