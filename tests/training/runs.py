"""Small runs for the tests of training: every part is made anew, so that nothing but a file joins two runs."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.random import generator
from layerwise.training import EpochEnded, Listener, StepEnded, Stop

N, D, K = 22, 4, 3
BATCH = 5
STEPS = 5  # an epoch: four batches of 5 and one of 2


def classes(n: int = N, purpose: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Three overlapping clouds: x (n, 4), labels (n,)."""
    rng = generator(0, purpose)
    labels = rng.integers(0, K, size=n)
    return rng.normal(size=(n, D)) + labels[:, None], labels


def quantities(n: int = N, purpose: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """x (n, 4), target (n, 1): a plane with noise."""
    rng = generator(0, purpose)
    x = rng.normal(size=(n, D))
    return x, x[:, :1] - x[:, 1:2] + 0.1 * rng.normal(size=(n, 1))


def network(outputs: int = K, dtype: str = "float32", dropout: float = 0.3) -> lw.Network:
    """4-6-K with ReLU and dropout."""
    return lw.Network(lw.Linear(D, 6), lw.ReLU(), lw.Dropout(dropout), lw.Linear(6, outputs), dtype=dtype)


def fit(net: lw.Network, **options: Any) -> lw.History:
    """A run of four epochs on the clouds, unless the options say otherwise."""
    usual: dict[str, Any] = {
        "loss": lw.CrossEntropyLoss(),
        "optimizer": lw.Adam(lr=0.05),
        "epochs": 4,
        "batch_size": BATCH,
        "validation": classes(9, "validation"),
        "progress": False,
    }
    options = usual | options
    return lw.fit(net, options.pop("train", classes()), **options)


def result(path: Path, net: lw.Network, history: lw.History) -> dict[str, str]:
    """sha256 of all that a run leaves behind: weights, history, and the checkpoint with everything else in it."""
    record = json.dumps([history.as_dict(), history.stopped, history.environment]).encode()
    parts = {"weights": net.theta.tobytes(), "history": record, "checkpoint": path.read_bytes()}
    return {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}


class CtrlC(Listener):
    """Presses Ctrl-C right after a step, so many times."""

    def __init__(self, step: int, times: int = 1) -> None:
        self.step, self.times = step, times

    def step_ended(self, event: StepEnded) -> Stop | None:
        if event.step == self.step:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
        return None


class Recorder(Listener):
    """Writes down all that it hears, and how theta looked after every step and epoch."""

    def __init__(self, net: lw.Network) -> None:
        self.net = net
        self.events: list[Any] = []
        self.thetas: list[np.ndarray] = []

    def started(self, event: Any) -> None:
        self.events.append(event)

    def step_ended(self, event: StepEnded) -> Stop | None:
        self.events.append(event)
        self.thetas.append(self.net.theta.copy())
        return None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        self.events.append(event)
        return None

    def ended(self, event: Any) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if type(event) is kind]
