"""The learning rate: too low, right, too high."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.checks import whole_number
from layerwise.data import Dataset
from layerwise.insight.side_by_side.result import Arm, SideBySide, best_of, brief, losses_by_epoch
from layerwise.insight.side_by_side.trial import Trial, arms_of, different_rates, last_loss, task, trial
from layerwise.network import mlp
from layerwise.optimizers import GradientDescent
from layerwise.wording import quantity

WORSE = 1.5
"""A loss this many times the best one is worse; below that the difference is that between seeds."""


def learning_rates(
    rates: Sequence[float] = (0.01, 1.0, 30.0),
    *,
    data: str | Dataset = "moons",
    hidden: int = 16,
    epochs: int = 30,
    batch_size: int = 16,
    seeds: int = 5,
) -> SideBySide:
    """Train one network at several rates, from the same first weights, by plain descent on mini-batches.

    rates: two or more. data: by name, or a dataset of rows of numbers. hidden: tanh units of the one hidden layer.
    The number that decides is the loss on the training rows after the last epoch. Raises SettingError for what does not
    fit.

    >>> found = learning_rates([0.01, 1.0], epochs=10, seeds=2)
    >>> found.best.name
    'rate 1'
    """
    values = different_rates(rates)
    epochs, learnt = whole_number("epochs", epochs), task(data)

    def run(rate: float, seed: int) -> Trial:
        net = mlp(learnt.inputs, hidden, learnt.outputs, activation="tanh", seed=seed)
        return trial(net, learnt, GradientDescent(lr=rate), epochs=epochs, batch_size=batch_size, seed=seed)

    arms = arms_of(values, lambda rate: f"rate {rate:g}", run, last_loss, seeds)
    title = "The learning rate: too low, right, too high"
    return losses_by_epoch(title, arms, epochs, _verdict(arms, values, epochs))


def _verdict(arms: tuple[Arm, ...], rates: list[float], epochs: int) -> str:
    best = best_of(arms)
    place = arms.index(best)
    told = [f"Of these rates {quantity(rates[place])} is best: after {epochs} epochs the loss is {brief(best.median)}."]
    for rate, each in zip(rates, arms, strict=True):
        if each is best:
            continue
        if each.median <= WORSE * best.median:
            told.append(f"{quantity(rate)} does about as well ({brief(each.median)}).")
        elif rate < rates[place]:
            told.append(f"{quantity(rate)} is too low: it is still at {brief(each.median)}.")
        else:
            told.append(f"{quantity(rate)} is too high: {_fate(each)}.")
    if place in (0, len(arms) - 1):
        told.append(f"The best is the {'lowest' if place == 0 else 'highest'} that was tried: look further that way.")
    return " ".join(told)


def _fate(each: Arm) -> str:
    runs, above = len(each.numbers), int((each.numbers > each.curves[:, 0]).sum())
    if each.diverged:
        return f"{each.diverged} of {runs} runs diverge"
    if above:
        return f"{above} of {runs} runs end above where they began, at {brief(each.median)}"
    return f"it ends at {brief(each.median)}"
