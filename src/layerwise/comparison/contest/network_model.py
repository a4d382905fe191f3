"""The network of the comparison: robust inputs, a line that hidden layers start from, the best epoch restored."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.comparison.contest.budget import Effort
from layerwise.comparison.contest.encoding import Encoder
from layerwise.comparison.contest.folds import held_out
from layerwise.comparison.contest.network_layers import beside, line
from layerwise.comparison.contest.problem import Problem
from layerwise.losses import CrossEntropyLoss, MSELoss
from layerwise.network import Network
from layerwise.optimizers import Adam
from layerwise.random import generator
from layerwise.regularizers import L2
from layerwise.schedules import CosineAnnealingLR
from layerwise.training import EarlyStopping, Run
from layerwise.training.events import EpochEnded, Listener, Stop
from layerwise.types import Array

UPDATES, LINE_UPDATES = 5000, 600
"""Of the whole network, and before that of its line alone: the work of a fit, which no clock decides."""
_MOST_EPOCHS = 200
_LINE_RATE, _LINE_PULL = 1e-2, 1.0
_WARM, _PILOT = 5, 20
"""Updates before, and those by which the time of an update is measured, where the ceiling of seconds may be near."""
_SLOW = 1e-3
"""Seconds of an update on a slow machine: where such a one would be in time, nothing is measured."""

Settings = Mapping[str, Any]

DEFAULT: Settings = {"width": 128, "depth": 2, "lr": 2e-3, "dropout": 0.1, "pull": 5.0}


def drawn(draw: np.random.Generator) -> Settings:
    """Settings of the network for the tuning: width and depth of the hidden layers, rate, dropout, L2 penalty.

    A depth of 0 is the line alone.
    """
    return {
        "width": int(draw.choice([64, 128, 256])),
        "depth": int(draw.integers(0, 4)),
        "lr": float(10 ** draw.uniform(-3.3, -2)),
        "dropout": float(draw.choice([0.0, 0.1, 0.3])),
        "pull": float(10 ** draw.uniform(-0.5, 1.7)),
    }


class _UntilThen(EarlyStopping):
    """Early stopping that also ends when the time is over."""

    def __init__(self, patience: int, deadline: float) -> None:
        super().__init__(patience)
        self.deadline = deadline
        self.late = False

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        answer = super().epoch_ended(event)
        if answer is None and time.perf_counter() > self.deadline:
            self.late = True
            return Stop("out of time", self.best_snapshot)
        return answer


class NetworkModel:
    """A trained network with the encoder of its training part.

    steps: updates that it has made. cut: whether the ceiling of seconds ended it.
    """

    def __init__(self, net: Network, encoder: Encoder, target: _Target, steps: int, cut: bool) -> None:
        self.net, self.encoder, self.target, self.steps, self.cut = net, encoder, target, steps, cut

    @property
    def size(self) -> int:
        """How many numbers it has learnt."""
        return int(self.net.theta.size)

    def answer(self, problem: Problem) -> Array:
        """Probabilities (N, K), or quantities (N,)."""
        x = self.encoder.encode(problem.features).astype(np.float32)
        y = np.concatenate([self.net(x[start : start + 8192]) for start in range(0, len(x), 8192)]).astype(np.float64)
        if not self.target.classes:
            return y[:, 0] * self.target.scale + self.target.mean
        probabilities, _ = formulas.softmax(y)
        return probabilities


@dataclass(frozen=True)
class _Target:
    """classes: how many; 0 for a quantity, which is standardised by mean and scale."""

    classes: int
    mean: float = 0.0
    scale: float = 1.0

    def of(self, y: Array) -> Array:
        return y if self.classes else ((y - self.mean) / self.scale).astype(np.float32)[:, None]


def fit_network(problem: Problem, settings: Settings, seed: int, effort: Effort) -> NetworkModel:
    """Train on a part of the rows and stop by the others: first the line, then hidden layers beside it.

    The better of the two, by those others, is what comes back. seed: of that part, the first weights, the order of the
    samples and the masks.
    """
    learn, choose = held_out(problem, 0.15, generator(seed, "compare.early stopping"))
    training, validation = problem.take(learn), problem.take(choose)
    encoder = Encoder("robust").learn(training.features)
    classes = len(problem.classes)
    target = _Target(classes) if classes else _Target(0, float(training.y.mean()), float(training.y.std()) or 1.0)
    parts = [(encoder.encode(part.features).astype(np.float32), target.of(part.y)) for part in (training, validation)]
    trainer = _Trainer(parts[0], parts[1], classes, seed, time.perf_counter() + effort.seconds)
    share = 0.5 if effort.tuning else 1.0
    start = trainer.trained(line(encoder.widths, classes or 1, seed), _LINE_RATE, _LINE_PULL, share * LINE_UPDATES)
    if settings["depth"] == 0:
        return NetworkModel(start.net, encoder, target, trainer.steps, trainer.cut)
    net = beside(start.net, encoder.widths, classes or 1, settings, seed)
    whole = trainer.trained(net, settings["lr"], settings["pull"], share * UPDATES)
    best = whole if whole.loss < start.loss else start
    return NetworkModel(best.net, encoder, target, trainer.steps, trainer.cut)


@dataclass(frozen=True)
class _Trained:
    """loss: the least one on the rows that training stops by."""

    net: Network
    loss: float


@dataclass
class _Trainer:
    """Runs on the same rows. steps: updates that they made; cut: whether the ceiling of seconds ended one of them."""

    training: tuple[Array, Array]
    validation: tuple[Array, Array]
    classes: int
    seed: int
    deadline: float
    steps: int = 0
    cut: bool = False

    def trained(self, net: Network, lr: float, pull: float, updates: float) -> _Trained:
        """Make so many updates, in whole epochs, and go back to the best of these."""
        rows = len(self.training[0])
        batch_size = 32 if rows < 1000 else 64 if rows < 5000 else 128
        in_epoch = math.ceil(rows / batch_size)
        epochs = min(_MOST_EPOCHS, max(10, math.ceil(updates / in_epoch)))
        left = self.deadline - time.perf_counter()
        if left < _SLOW * epochs * in_epoch:
            pilot = self._run(deepcopy(net), lr, pull, epochs, batch_size, [])
            affordable = int(left / (in_epoch * _update_seconds(pilot)))
            self.cut = self.cut or affordable < epochs
            epochs = max(3, min(epochs, affordable))
        early = _UntilThen(max(15, epochs // 6), self.deadline)
        run = self._run(net, lr, pull, epochs, batch_size, [early])
        run.advance()
        self.steps += run.position.step
        self.cut = self.cut or early.late
        return _Trained(net, early.best)

    def _run(
        self, net: Network, lr: float, pull: float, epochs: int, batch_size: int, listeners: list[Listener]
    ) -> Run:
        return Run(
            net,
            self.training,
            loss=CrossEntropyLoss() if self.classes else MSELoss(),
            optimizer=Adam(lr=lr),
            epochs=epochs,
            batch_size=batch_size,
            validation=self.validation,
            schedule=CosineAnnealingLR(T_max=epochs),
            regularizer=L2(pull / len(self.training[0])),
            listeners=listeners,
            seed=self.seed,
            progress=False,
        )


def _update_seconds(run: Run) -> float:
    """Seconds of an update, by a run that is not gone on with."""
    run.advance(_WARM)
    found = []
    for _ in range(2):  # the shorter one, since whatever else the machine does makes them only longer
        began = time.perf_counter()
        run.advance(_PILOT)
        found.append((time.perf_counter() - began) / _PILOT)
    return min(found)
