"""Stuck at a saddle: the gradient is almost 0, and there is a way down that it does not show."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.probes.curvature import Curvature, gradient_at
from layerwise.insight.doctor.rule import Rule
from layerwise.network import Network
from layerwise.types import Array

BENT = 0.02
STILL = 1e-3
STEPS = 300


def find(examination: Examination) -> Finding | None:
    patient = examination.patient
    penalised = patient.regularizer is not None or patient.optimizer.weight_decay > 0
    if penalised or not (examination.is_stuck and examination.is_behind):
        return None  # where a penalty pulls, the loss has a gradient at the end, too
    here = examination.curvature
    if here is None or not (here.least < -BENT * abs(here.largest) or here.largest <= 0 > here.least):
        return None
    if not _is_still(here):
        return None
    before, after = _escape(examination, here)
    if not after < before - 0.02 * abs(before):
        return None
    return Finding(
        "saddle",
        "sick",
        f"The run stands at a saddle, no minimum: the gradient has a length of {here.gradient:.2g}, and the loss "
        f"curves down in one direction (curvature {here.least:.3g}; the largest is {here.largest:.3g}). A step that "
        f"way and {STEPS} of plain descent take the loss from {before:.4g} to {after:.4g}.",
        Evidence("least curvature", here.least, here.largest, "the largest"),
        "the first weights: a symmetry, or all of them near 0",
        (
            Cure("begin from other first weights, not near 0"),
            Cure("momentum or Adam, and noise of small batches, which leave saddles sooner"),
        ),
        "likely",
        experiment=lambda: Confirmation(
            "a step along the direction of negative curvature", "loss", before, after, after < before
        ),
    )


def _is_still(here: Curvature) -> bool:
    """Whether a step of descent of the best length would gain next to nothing: g²/2λmax, beside the loss."""
    return here.gradient**2 / (2 * max(here.largest, 1e-300)) < STILL * abs(here.loss)


def _escape(examination: Examination, here: Curvature) -> tuple[float, float]:
    """The loss at the saddle, and after a step off it, to either side, and plain descent."""
    net: Network = examination.net
    try:
        at = gradient_at(net, examination.x, examination.target, examination.patient.loss)
        theta = net.theta.astype(np.float64)
        rate = 0.5 / max(here.largest, -here.least)
        return here.loss, min(_descend(at, theta + sign * 0.1 * here.along, rate) for sign in (1, -1))
    except LayerwiseError:
        return here.loss, here.loss


def _descend(at: object, theta: Array, rate: float) -> float:
    value = np.inf
    for _ in range(STEPS):
        value, gradient = at(theta)  # type: ignore[operator]
        theta = theta - rate * gradient
    return float(value)


RULE = Rule(
    "saddle",
    "after",
    "the largest and the least eigenvalue of the Hessian where a stuck run stands, by power iteration on products "
    "of the Hessian with a vector; then a step along the direction of the least, and plain descent",
    "the least is negative and larger than a fiftieth of the largest, a step along the gradient would gain "
    "less than 0.1 % of the loss, and the escape brings the loss down by 2 % at least",
    "at a minimum no eigenvalue is negative. On the way down some are: only a run that stands still is at a saddle",
    find,
    explains=("plateau", "underfitting", "rate-too-low"),
)
