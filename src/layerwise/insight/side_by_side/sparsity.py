"""L1 against L2: which weights become exactly zero."""

from __future__ import annotations

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.errors import SettingError
from layerwise.insight.side_by_side.result import Arm, SideBySide, brief
from layerwise.insight.side_by_side.trial import seeds_of
from layerwise.layers import Linear
from layerwise.losses import MSELoss
from layerwise.network import Network
from layerwise.optimizers import GradientDescent
from layerwise.random import generator
from layerwise.regularizers import L1, L2, Regularizer
from layerwise.training import fit
from layerwise.types import Array

INPUTS, USEFUL = 20, 3
NOISE = 0.1


def l1_and_l2(
    strength: float = 0.05, *, samples: int = 200, updates: int = 1000, lr: float = 0.05, seeds: int = 5
) -> SideBySide:
    """Fit a line over 20 inputs of which 3 matter, with no penalty, L2, L1 along its gradient, and L1 by its own step.

    strength: λ of each penalty. samples: rows, normal inputs, a target with noise 0.1. updates: of plain descent on the
    whole batch. The number that decides is how many of the 17 useless weights are exactly zero in the end. The curves
    are the sizes of the 20 weights; one that is exactly zero has no place on a logarithmic axis.

    >>> found = l1_and_l2(seeds=1)
    >>> {arm.name: int(arm.median) for arm in found.arms}
    {'no penalty': 0, 'L2': 0, 'L1, gradient': 0, 'L1, proximal': 17}
    """
    strength, updates = positive("strength", strength), whole_number("updates", updates)
    samples, lr = whole_number("samples", samples, minimum=INPUTS), positive("lr", lr)
    choices: dict[str, Regularizer | None] = {
        "no penalty": None,
        "L2": L2(strength),
        "L1, gradient": L1(strength),
        "L1, proximal": L1(strength, proximal=True),
    }
    arms = []
    for name, penalty in choices.items():
        weights = np.array([_weights(seed, penalty, samples, updates, lr) for seed in seeds_of(seeds)])
        if not np.isfinite(weights).all():
            raise SettingError(f"lr {lr:g} is too large for this fit: try {lr / 10:g}")
        arms.append(Arm(name, np.abs(weights), (weights[:, USEFUL:] == 0).sum(axis=1).astype(np.float64)))
    useless = INPUTS - USEFUL
    return SideBySide(
        title="L1 against L2: small, or exactly zero",
        arms=tuple(arms),
        x=np.arange(1, INPUTS + 1),
        x_label=f"input; the first {USEFUL} matter, the others do not",
        y_label="size of its weight (0 has no dot)",
        measure=f"useless weights that are exactly 0, of {useless}",
        verdict=_verdict(arms, useless),
        log="y",
        joined=False,
        most=True,
        evidence={f"largest useless weight, {each.name}": float(each.curves[:, USEFUL:].max()) for each in arms},
    )


def _weights(seed: int, penalty: Regularizer | None, samples: int, updates: int, lr: float) -> Array:
    draw = generator(seed, "side_by_side.sparsity")
    x = draw.standard_normal((samples, INPUTS))
    y = x[:, :USEFUL] @ np.array([1.0, -2.0, 0.5]) + NOISE * draw.standard_normal(samples)
    net = Network(Linear(INPUTS, 1), seed=seed, dtype="float64")
    fit(
        net,
        (x, y[:, None]),
        loss=MSELoss(),
        optimizer=GradientDescent(lr=lr),
        epochs=updates,
        batch_size=samples,
        regularizer=penalty,
        seed=seed,
        progress=False,
    )
    return np.array(net.parameters()["0.weight"][0])


def _verdict(arms: list[Arm], useless: int) -> str:
    zero = [each for each in arms if each.median > 0]
    told = []
    if zero:
        counts = " and ".join(f"{each.name} makes {each.median:.0f} of {useless} useless weights" for each in zero)
        told.append(f"{counts} exactly zero.")
    else:
        told.append(f"No choice makes any of the {useless} useless weights exactly zero.")
    others = [each for each in arms if each.median == 0]
    if others:
        sizes = ", ".join(f"{each.name} {brief(float(np.median(each.curves[:, USEFUL:])))}" for each in others)
        told.append(f"The others zero none, and leave them at (median size): {sizes}.")
    return " ".join(told)
