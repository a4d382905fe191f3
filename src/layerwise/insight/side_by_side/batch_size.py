"""Batch, mini-batch, and one sample at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.data import Dataset
from layerwise.insight.side_by_side.result import Arm, SideBySide, best_of, brief, losses_by_epoch
from layerwise.insight.side_by_side.trial import Trial, arms_of, last_loss, task, trial
from layerwise.network import mlp
from layerwise.optimizers import GradientDescent


def batch_sizes(
    sizes: Sequence[int | None] = (None, 32, 1),
    *,
    data: str | Dataset = "moons",
    lr: float = 0.1,
    hidden: int = 16,
    epochs: int = 20,
    seeds: int = 5,
) -> SideBySide:
    """See the data equally often, in one update an epoch, in some, or in one for every sample, at one rate.

    sizes: samples in an update; None is all of them. data: by name, or a dataset of rows of numbers. lr: of plain
    descent. The number that decides is the loss on the training rows after the last epoch; the evidence tells how much
    the loss jumps from one epoch to the next at the end, which is the price of small batches.
    """
    lr, epochs, learnt = positive("lr", lr), whole_number("epochs", epochs), task(data)
    rows = len(learnt.data.train.x)
    wanted = {rows if each is None else min(whole_number("a batch size", each), rows) for each in sizes}
    counts = sorted(wanted, reverse=True)

    def run(size: int, seed: int) -> Trial:
        net = mlp(learnt.inputs, hidden, learnt.outputs, activation="tanh", seed=seed)
        return trial(net, learnt, GradientDescent(lr=lr), epochs=epochs, batch_size=size, seed=seed)

    arms = arms_of(counts, lambda size: _name(size, rows), run, last_loss, seeds)
    updates = {each.name: -(-rows // size) for each, size in zip(arms, counts, strict=True)}
    return losses_by_epoch(
        f"Samples in an update, at rate {lr:g}",
        arms,
        epochs,
        _verdict(arms, updates, epochs),
        x_label=f"epoch ({rows:,} samples seen in each)",
        evidence={f"jump from epoch to epoch, {each.name}": jump(each) for each in arms},
    )


def jump(each: Arm) -> float:
    """By what share the loss changes from one epoch to the next, over the last half: the median of all seeds."""
    late = each.curves[:, (each.curves.shape[1] - 1) // 2 :]
    if not np.isfinite(late).all():
        return float("inf")
    return float(np.median(np.abs(np.diff(np.log(np.maximum(late, 1e-300)), axis=1))))


def _name(size: int, rows: int) -> str:
    return f"all {rows:,}" if size == rows else f"{size:,} sample{'s'[: size != 1]}"


def _verdict(arms: tuple[Arm, ...], updates: dict[str, int], epochs: int) -> str:
    best = best_of(arms)
    told = [
        f"{best.name} in an update: after {epochs} epochs the loss is lowest, {brief(best.median)}, "
        f"with {updates[best.name]:,} update{'s'[: updates[best.name] != 1]} an epoch."
    ]
    others = [
        f"{each.name}, {updates[each.name]:,} update{'s'[: updates[each.name] != 1]} an epoch, {brief(each.median)}"
        for each in arms
        if each is not best
    ]
    if others:
        told.append(f"The others: {'; '.join(others)}.")
    jumps = {each.name: jump(each) for each in arms}
    wildest = max(jumps, key=lambda name: jumps[name])
    if np.isfinite(jumps[wildest]):
        told.append(f"It jumps most with {wildest}: by {100 * jumps[wildest]:.2g} % from epoch to epoch at the end.")
    return " ".join(told)
