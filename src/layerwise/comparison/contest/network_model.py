"""The neural network of the comparison: robust inputs, a shortcut that is a linear model, the best epoch restored."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.comparison.contest.encoding import FEW, Encoder
from layerwise.comparison.contest.folds import held_out
from layerwise.comparison.contest.problem import Problem
from layerwise.layers import Layer, Linear, Pass
from layerwise.losses import CrossEntropyLoss, MSELoss
from layerwise.network import Network, Parallel, Residual, Sequential
from layerwise.network.mlp import mlp_layers
from layerwise.optimizers import Adam
from layerwise.random import generator
from layerwise.regularizers import L2
from layerwise.schedules import CosineAnnealingLR
from layerwise.training import EarlyStopping, Run
from layerwise.training.events import EpochEnded, Stop
from layerwise.types import Array, Backward, Shape

_UPDATES, _MOST_EPOCHS = 6000, 300
_WARM, _PILOT = 5, 20
"""Updates before, and those by which the time of an update is measured, so that the rate is 0 when the time is over."""

Settings = Mapping[str, Any]

DEFAULT: Settings = {"width": 128, "depth": 2, "lr": 2e-3, "dropout": 0.1, "pull": 5.0}


def drawn(draw: np.random.Generator) -> Settings:
    """Settings of the network for the tuning: width and depth of the hidden layers, rate, dropout, L2 penalty."""
    return {
        "width": int(draw.choice([64, 128, 256])),
        "depth": int(draw.integers(1, 4)),
        "lr": float(10 ** draw.uniform(-3.3, -2)),
        "dropout": float(draw.choice([0.0, 0.1, 0.3])),
        "pull": float(10 ** draw.uniform(-0.5, 1.7)),
    }


class Columns(Layer):
    """x[:, start:stop]: the columns of one part of the matrix."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        self.start, self.stop = start, stop

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, formulas.index, x, (slice(None), slice(self.start, self.stop)))

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return (self.stop - self.start,)


class _UntilThen(EarlyStopping):
    """Early stopping that also ends when the time is over."""

    def __init__(self, patience: int, deadline: float) -> None:
        super().__init__(patience)
        self.deadline = deadline

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        answer = super().epoch_ended(event)
        if answer is None and time.perf_counter() > self.deadline:
            return Stop("out of time", self.best_snapshot)
        return answer


class NetworkModel:
    """A trained network with the encoder of its training part."""

    def __init__(self, net: Network, encoder: Encoder, mean: float, scale: float, classes: int) -> None:
        self.net, self.encoder, self.mean, self.scale, self.classes = net, encoder, mean, scale, classes

    @property
    def size(self) -> int:
        """How many numbers it has learnt."""
        return int(self.net.theta.size)

    def answer(self, problem: Problem) -> Array:
        """Probabilities (N, K), or quantities (N,)."""
        x = self.encoder.encode(problem.features).astype(np.float32)
        y = np.concatenate([self.net(x[start : start + 8192]) for start in range(0, len(x), 8192)]).astype(np.float64)
        if not self.classes:
            return y[:, 0] * self.scale + self.mean
        probabilities, _ = formulas.softmax(y)
        return probabilities


def fit_network(problem: Problem, settings: Settings, seed: int, limit: float) -> NetworkModel:
    """Train on a part of the rows and stop by the others; at most `limit` seconds.

    seed: of that part, the first weights, the order of the samples and the masks.
    """
    began = time.perf_counter()
    learn, choose = held_out(problem, 0.15, generator(seed, "compare.early stopping"))
    training, validation = problem.take(learn), problem.take(choose)
    encoder = Encoder("robust").learn(training.features)
    classes = len(problem.classes)
    mean, scale = (0.0, 1.0) if classes else (float(training.y.mean()), float(training.y.std()) or 1.0)
    parts = [_arrays(encoder, part, classes, mean, scale) for part in (training, validation)]
    batch_size = 128 if len(learn) > 5000 else 32
    steps = math.ceil(len(learn) / batch_size)
    wanted = min(_MOST_EPOCHS, max(10, math.ceil(_UPDATES / steps)))

    def run(epochs: int) -> Run:
        return Run(
            _network(encoder, classes, settings, seed),
            parts[0],
            loss=CrossEntropyLoss() if classes else MSELoss(),
            optimizer=Adam(lr=settings["lr"]),
            epochs=epochs,
            batch_size=batch_size,
            validation=parts[1],
            schedule=CosineAnnealingLR(T_max=epochs),
            regularizer=L2(settings["pull"] / len(learn)),
            listeners=[_UntilThen(max(15, epochs // 8), began + limit)],
            seed=seed,
            progress=False,
        )

    affordable = (limit - (time.perf_counter() - began)) / (steps * _update_seconds(run(wanted)))
    whole = run(max(3, min(wanted, int(affordable))))
    whole.advance()
    return NetworkModel(whole.net, encoder, mean, scale, classes)


def _arrays(encoder: Encoder, part: Problem, classes: int, mean: float, scale: float) -> tuple[Array, Array]:
    y = part.y if classes else ((part.y - mean) / scale).astype(np.float32)[:, None]
    return encoder.encode(part.features).astype(np.float32), y


def _update_seconds(run: Run) -> float:
    """Seconds of an update, by a run that is not gone on with."""
    run.advance(_WARM)
    found = []
    for _ in range(2):  # the shorter one, since whatever else the machine does makes them only longer
        began = time.perf_counter()
        run.advance(_PILOT)
        found.append((time.perf_counter() - began) / _PILOT)
    return min(found)


def _network(encoder: Encoder, classes: int, settings: Settings, seed: int) -> Network:
    """Hidden layers beside a shortcut from the inputs straight to the output; both begin at 0."""
    first, width = _inputs(encoder.widths)
    outputs = classes or 1
    hidden = [settings["width"]] * settings["depth"]
    layers = mlp_layers(width, *hidden, outputs, activation="relu", dropout=settings["dropout"])
    layers[-1] = Linear(hidden[-1], outputs, init="zeros")
    return Network(*first, Residual(*layers, shortcut=Linear(width, outputs, init="zeros")), seed=seed)


def _inputs(widths: Sequence[int]) -> tuple[list[Layer], int]:
    """An embedding for each column of many categories: a linear layer of its one-hot columns, which is the same."""
    if max(widths) <= FEW + 1:
        return [], sum(widths)
    branches: list[Layer] = []
    total = start = plain = 0
    for width in [*widths, 0]:  # the last one closes the run of plain columns
        if 0 < width <= FEW + 1:
            start += width
            continue
        if start > plain:
            branches.append(Columns(plain, start))
            total += start - plain
        if width:
            size = min(16, round(1.6 * width**0.56))
            branches.append(Sequential(Columns(start, start + width), Linear(width, size, bias=False)))
            total += size
        plain = start = start + width
    return [Parallel(*branches)] if len(branches) > 1 else branches, total
