"""One run of an experiment: a network, a task, a few seconds, and the loss on the training rows after every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from layerwise.checks import positive, require_kind, whole_number
from layerwise.data import Dataset, load
from layerwise.errors import DivergedError, SettingError
from layerwise.insight.side_by_side.result import Arm
from layerwise.losses import CrossEntropyLoss, Loss, MSELoss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training import Run
from layerwise.training.evaluation import evaluate
from layerwise.types import Array

Choice = TypeVar("Choice")


@dataclass(frozen=True, eq=False)
class Trial:
    """losses: (epochs + 1,), the mean loss on the training rows, in evaluation mode, before training and after every
    epoch; infinity from the epoch on in which the run diverged. net: as it ended."""

    losses: Array
    net: Network


@dataclass(frozen=True, eq=False)
class Task:
    """data: what is learnt. inputs, outputs: how many numbers go in and come out. loss: what suits it."""

    data: Dataset
    inputs: int
    outputs: int
    loss: Loss

    def test(self, net: Network) -> dict[str, float]:
        """The loss on the test rows, and the accuracy where there are classes."""
        return evaluate(net, *self.data.test, self.loss)


def task(data: str | Dataset) -> Task:
    """A dataset, by name or as it is, and the loss that suits it: cross-entropy for classes, squared error otherwise.

    >>> found = task("spiral")
    >>> found.inputs, found.outputs, found.loss
    (2, 2, CrossEntropyLoss())
    """
    data = load(data) if isinstance(data, str) else data
    require_kind("data", data, Dataset, "the name of a dataset, or lw.data.load(...)")
    if data.train.x.ndim != 2:
        raise SettingError(
            f"these experiments learn from rows of numbers, got samples of shape {data.train.x.shape[1:]}"
        )
    classes = len(data.classes)
    loss: Loss = CrossEntropyLoss() if classes else MSELoss()
    return Task(data, data.train.x.shape[1], classes or data.train.y.shape[1], loss)


def trial(
    net: Network,
    task: Task,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int,
    seed: int,
    schedule: Schedule | None = None,
    regularizer: Regularizer | None = None,
) -> Trial:
    """Train the network, and record the loss on the training rows. A run that diverges is a result, not an error."""
    x, y = task.data.train
    losses = np.full(epochs + 1, np.inf)
    losses[0] = evaluate(net, x, y, task.loss)["loss"]
    run = Run(
        net,
        (x, y),
        loss=task.loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=min(batch_size, len(x)),
        schedule=schedule,
        regularizer=regularizer,
        seed=seed,
        evaluate_train=True,
    )
    try:
        run.advance()
        reached = epochs
    except DivergedError:
        reached = run.history.epochs
    if reached:
        losses[1 : reached + 1] = run.history["train_loss_evaluated"][:reached]
    return Trial(losses, net)


def arms_of(
    choices: Iterable[Choice],
    name: Callable[[Choice], str],
    run: Callable[[Choice, int], Trial],
    number: Callable[[Trial], float],
    seeds: int,
) -> tuple[Arm, ...]:
    """Run every choice with each of so many seeds. name: of a choice. run: from a choice and a seed to its trial.
    number: what decides."""
    return tuple(_arm(name(each), [run(each, seed) for seed in seeds_of(seeds)], number) for each in choices)


def _arm(name: str, trials: Sequence[Trial], number: Callable[[Trial], float]) -> Arm:
    curves = np.array([each.losses for each in trials])
    return Arm(name, curves, np.array([number(each) for each in trials], dtype=np.float64))


def seeds_of(seeds: int) -> range:
    """0, 1, ... as many as wanted, which is one or more."""
    return range(whole_number("seeds", seeds))


def different_rates(rates: Iterable[float]) -> list[float]:
    """Learning rates in rising order, each once: two or more, all above 0."""
    values = sorted({positive("a rate", each) for each in rates})
    if len(values) < 2:
        raise SettingError(f"rates must be two different ones or more, got {list(rates)}")
    return values


def last_loss(trial: Trial) -> float:
    """The loss after the last epoch; infinity for a run that diverged."""
    return float(trial.losses[-1])
