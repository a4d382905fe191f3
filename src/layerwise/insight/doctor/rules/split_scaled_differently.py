"""One split is scaled otherwise: 0 to 1 in training, 0 to 255 in validation."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import MANY, Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array

FACTOR = 3.0
SHIFT = 3.0
ROWS = 8


def find(examination: Examination) -> Finding | None:
    held = examination.run.validation
    if held is None or len(held) < ROWS or examination.start.takes_indices:
        return None
    train, other = (_rows(part.x) for part in (examination.data, held))
    if len(train) < ROWS or train.shape[1:] != other.shape[1:]:
        return None
    ratio, shift = _differences(train, other)
    if 1 / FACTOR < ratio < FACTOR and shift < SHIFT:
        return None
    what = (
        f"spread {ratio:.4g} times that"
        if not 1 / FACTOR < ratio < FACTOR
        else f"mean {shift:.3g} spreads away from that"
    )
    start = [
        examination.loss_of(examination.start, part.x, part.target) for part in (examination.some, held.some(256, 0))
    ]
    return Finding(
        "split-scaled-differently",
        "sick",
        f"The inputs of the validation part have a {what} of the training part: they went through other scaling. The "
        f"untrained network has a loss of {start[1]:.4g} there, and {start[0]:.4g} on the training part.",
        Evidence("spread of the validation inputs over that of the training inputs", ratio, 1.0, "wanted"),
        "how x of each split is scaled",
        (
            Cure("scale every split by the numbers of the training part, in one place, before they are parted"),
            Cure("lw.data.load, which does so"),
        ),
        "certain",
        experiment=lambda: _rescaled(examination, train, other),
    )


def _rows(x: Array) -> Array:
    x = np.asarray(x[:MANY])
    return x.reshape(len(x), -1).astype(np.float64)


def _differences(train: Array, other: Array) -> tuple[float, float]:
    """How many times as wide the other part is, and by how many spreads it is moved: medians over the features, so that
    a rare feature does not decide."""
    moving = (train.std(axis=0) > 0) & (other.std(axis=0) > 0)
    if not moving.any():
        whole, wide = train.std(), other.std()
        return (float(wide / whole) if whole > 0 and wide > 0 else 1.0), 0.0
    train, other = train[:, moving], other[:, moving]
    ratios = np.log(other.std(axis=0) / train.std(axis=0))
    shifts = np.abs(other.mean(axis=0) - train.mean(axis=0)) / train.std(axis=0)
    return float(np.exp(np.median(ratios))), float(np.median(shifts))


def _rescaled(examination: Examination, train: Array, other: Array) -> Confirmation:
    """The validation part brought to the moments of the training part."""
    held = examination.held
    assert held is not None
    spread = np.where(other.std(axis=0) > 0, other.std(axis=0), 1.0)
    x = (held.x.reshape(len(held.x), -1) - other.mean(axis=0)) / spread * train.std(axis=0) + train.mean(axis=0)
    before = examination.loss_of(examination.net, held.x, held.target)
    after = examination.loss_of(examination.net, x.reshape(held.x.shape).astype(held.x.dtype), held.target)
    return Confirmation(
        "validation inputs with the moments of the training part", "loss", before, after, after < before
    )


RULE = Rule(
    "split-scaled-differently",
    "before",
    "mean and spread of every feature in the training and in the validation part",
    "in the median over the features three times as wide or narrow, or three spreads away; eight rows at the least",
    "a random split of eight rows seldom doubles a spread, and a forgotten scaling changes it by 10 or 255. Splits "
    "by time drift by less than three spreads in most features",
    find,
    explains=("overfitting", "start-loss", "batchnorm-statistics"),
)
