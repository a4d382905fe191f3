"""Samples of a batch reach each other: a softmax, a mean or a recurrence runs along the axis of the samples."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.probes.answers import ROWS, alone, difference
from layerwise.insight.doctor.rule import Rule
from layerwise.layers.normalization import BatchNorm
from layerwise.network.uses import Use
from layerwise.types import Array

_ROUNDING = 1e-3


def find(examination: Examination) -> Finding | None:
    net, x = examination.start, examination.x
    if (
        len(x) < 3
        or examination.randomness > 0
        or any(isinstance(layer, BatchNorm) and not layer.track_running_stats for _, layer in net.chain.walk())
    ):
        return None
    try:
        mixed = alone(net, x)
    except (LayerwiseError, ValueError, IndexError):  # it takes no single row
        mixed = np.inf
    if not mixed > _ROUNDING:
        return None
    culprit = _culprit(examination)
    return Finding(
        "axes-swapped",
        "sick",
        f"The answer to a row depends on the other rows of its batch{f', in {culprit}' if culprit else ''}: taken "
        "one by one, the rows get other answers. An axis is taken for another: samples come first, (N, ...), and "
        "no layer but batch normalisation may compute along them.",
        Evidence(
            "difference between a row alone and in its batch, beside the size of the answers", mixed, 0.0, "wanted"
        ),
        f"layer {culprit}" if culprit else "the layers of the learner's own",
        (
            Cure("axis=-1 in place of axis=0; in a recurrence h of shape (N, H) and a loop over the steps, x[:, t]"),
            Cure("x.swapaxes(0, 1), if the data are (T, N, D)"),
        ),
        "certain",
        experiment=lambda: Confirmation("each row alone", "difference of its answer", 0.0, mixed, mixed > _ROUNDING),
    )


def _culprit(examination: Examination) -> str:
    """The first layer that gives a row alone another answer than in its batch, from the same input."""
    try:
        seen, _ = examination.uses(examination.start)
    except LayerwiseError:
        return ""
    for use in seen:
        if not any(use.layer.children()) and not isinstance(use.layer, BatchNorm) and _mixes(use):
            return f"{use.where}: {use.layer!r}"
    return ""


def _mixes(use: Use) -> bool:
    x: Array = np.asarray(use.x)[:ROWS]
    try:
        with np.errstate(all="ignore"):
            together, first = use.layer(x), use.layer(x[:1])
    except (LayerwiseError, ValueError, IndexError):
        return True
    return together.shape[1:] != first.shape[1:] or difference(together[:1], first) > _ROUNDING


RULE = Rule(
    "axes-swapped",
    "before",
    "the answers to some rows together and one by one, in evaluation mode",
    "they differ by more than a thousandth of their size",
    "rounding in float32 makes less than 1e-5; in evaluation no layer may let one sample see another",
    find,
    explains=("plateau", "underfitting", "no-signal", "overfitting", "gradient-wrong", "mode-wrong"),
)
