"""With and without batch normalisation, at many rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.data import Dataset
from layerwise.insight.side_by_side.result import Arm, SideBySide, brief
from layerwise.insight.side_by_side.trial import different_rates, last_loss, seeds_of, task, trial
from layerwise.network import mlp
from layerwise.optimizers import GradientDescent

NAMES = {False: "without", True: "with batch normalisation"}


def batch_normalization(
    rates: Sequence[float] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    *,
    data: str | Dataset = "moons",
    depth: int = 4,
    width: int = 16,
    goal: float = 0.1,
    epochs: int = 15,
    batch_size: int = 32,
    seeds: int = 3,
) -> SideBySide:
    """Train a deep network of ReLU units by plain descent at many rates, with batch normalisation and without.

    rates: two or more. data: by name, or a dataset of rows of numbers. goal: the training loss that counts as learnt.
    The number that decides is at how many of the rates a run comes below the goal; the curves are the loss after the
    last epoch over the rate.
    """
    values = different_rates(rates)
    goal, epochs, learnt = positive("goal", goal), whole_number("epochs", epochs), task(data)
    depth, width = whole_number("depth", depth), whole_number("width", width)

    def ends(normalized: bool, rate: float, seed: int) -> float:
        net = mlp(learnt.inputs, *[width] * depth, learnt.outputs, batch_norm=normalized, seed=seed)
        made = trial(net, learnt, GradientDescent(lr=rate), epochs=epochs, batch_size=batch_size, seed=seed)
        return last_loss(made)

    arms = []
    for normalized, name in NAMES.items():
        losses = np.array([[ends(normalized, rate, seed) for rate in values] for seed in seeds_of(seeds)])
        arms.append(Arm(name, losses, (losses < goal).sum(axis=1).astype(np.float64)))
    return SideBySide(
        title=f"{depth} hidden layers, with batch normalisation and without",
        arms=tuple(arms),
        x=np.array(values),
        x_label="learning rate",
        y_label=f"training loss after {epochs} epochs",
        measure=f"rates, of {len(values)}, with a loss below {goal:g}",
        verdict=_verdict(arms[0], arms[1], values, goal),
        log="xy",
        most=True,
    )


def _verdict(without: Arm, with_it: Arm, rates: list[float], goal: float) -> str:
    lead = with_it.median - without.median
    if lead > 0:
        first = "Batch normalisation lets more rates work"
    elif lead < 0:
        first = "Batch normalisation lets fewer rates work here"
    else:
        first = "Batch normalisation makes no difference to how many rates work here"
    told = f"{first}: {with_it.median:g} of {len(rates)} against {without.median:g} come below a loss of {goal:g}."
    ends = []
    for place in (0, len(rates) - 1):
        pair = [brief(float(np.median(each.curves[:, place]))) for each in (with_it, without)]
        ends.append(f"at {rates[place]:g} the loss is {pair[0]} with it and {pair[1]} without")
    return f"{told} {ends[0].capitalize()}; {ends[1]}."
