"""Hidden activations compared in one deep network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.data import Dataset
from layerwise.errors import SettingError
from layerwise.insight.side_by_side.learning_rate import WORSE
from layerwise.insight.side_by_side.result import Arm, SideBySide, best_of, brief, losses_by_epoch
from layerwise.insight.side_by_side.trial import Trial, arms_of, last_loss, task, trial
from layerwise.network import mlp
from layerwise.optimizers import GradientDescent


def hidden_activations(
    names: Sequence[str] = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "GELU"),
    *,
    data: str | Dataset = "moons",
    depth: int = 6,
    width: int = 16,
    lr: float = 0.1,
    epochs: int = 30,
    batch_size: int = 16,
    seeds: int = 5,
) -> SideBySide:
    """Train one deep network by plain descent, with one hidden activation after the other.

    names: of activation layers, two to six. Each has the initialisation that suits it, He or Xavier (`lw.mlp`). data:
    by name, or a dataset of rows of numbers. The number that decides is the loss on the training rows after the last
    epoch.
    """
    names = tuple(dict.fromkeys(names))
    if not 2 <= len(names) <= 6:
        raise SettingError(f"names must be two to six different activations, got {list(names)}")
    lr, epochs, learnt = positive("lr", lr), whole_number("epochs", epochs), task(data)
    depth, width = whole_number("depth", depth), whole_number("width", width)

    def run(name: str, seed: int) -> Trial:
        net = mlp(learnt.inputs, *[width] * depth, learnt.outputs, activation=name, seed=seed)
        return trial(net, learnt, GradientDescent(lr=lr), epochs=epochs, batch_size=batch_size, seed=seed)

    arms = arms_of(names, str, run, last_loss, seeds)
    title = f"Hidden activations in {depth} layers of {width}"
    return losses_by_epoch(title, arms, epochs, _verdict(arms, epochs))


def _verdict(arms: tuple[Arm, ...], epochs: int) -> str:
    best = best_of(arms)
    worst = max(arms, key=lambda each: each.median)
    ends = f"after {epochs} epochs"
    if worst.median <= WORSE * best.median:
        return f"The choice hardly matters here: {ends} all are between {brief(best.median)} and {brief(worst.median)}."
    told = f"{best.name} learns most: {ends} the loss is {brief(best.median)}, with {worst.name} {brief(worst.median)}."
    stuck = [each.name for each in arms if each.median > 0.9 * float(np.median(each.curves[:, 0]))]
    close = [each.name for each in arms if each is not best and each.median <= WORSE * best.median]
    told += f" About as good: {', '.join(close)}." if close else ""
    return f"{told} Hardly moved from the start: {', '.join(stuck)}." if stuck else told
