"""The proof of equal work: same start, same batches, same losses."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.contenders import Contender, Trainee
from benchmarks.workloads import Workload

CHECK_STEPS = 20
TOLERANCE = 1e-3
"""Relative. Float32 sums in another order differ by about 1e-6 after these steps; a wrong rate by far more."""


def check_losses(contender: Contender, workload: Workload, seed: int = 0, steps: int = CHECK_STEPS) -> list[float]:
    """The losses of the first steps from the workload's initial weights; empty for one that has no loss."""
    trainee = contender.build(workload, workload.initial_weights(seed))
    return first_losses(trainee, workload, seed, steps)


def first_losses(trainee: Trainee, workload: Workload, seed: int, steps: int = CHECK_STEPS) -> list[float]:
    """The same for a contender that is built already. Round 0 is kept for this; timed rounds count from 1."""
    losses = []
    for x, t in workload.batches(seed, round_number=0, count=steps):
        loss = trainee.read(trainee.step(*trainee.convert(x, t)))
        if loss is not None:
            losses.append(loss)
    return losses


def disagreements(losses: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """Who strays from the others' median in any step, and how far, as a sentence for the report.

    >>> disagreements({"a": [0.7, 0.6], "b": [0.7, 0.6], "c": [0.7, 0.5]})
    {'c': 'other work: loss 0.5 at step 2, the others 0.6'}
    """
    compared = {name: values for name, values in losses.items() if values}
    found: dict[str, str] = {}
    for number, values in enumerate(zip(*compared.values(), strict=True), start=1):
        middle = statistics.median_low(values)
        for name, value in zip(compared, values, strict=True):
            if not abs(value - middle) <= TOLERANCE * abs(middle):
                found.setdefault(name, f"other work: loss {value:.4g} at step {number}, the others {middle:.4g}")
    return found
