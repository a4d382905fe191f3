"""What every mean over a batch obeys, and a sum or a loss of spread shapes does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.losses import Loss
from layerwise.types import Array

ROWS = 12


@dataclass(frozen=True)
class LossLaws:
    """whole: the loss of a batch. singles: the mean of the losses of its rows, one by one. crossed: the loss with the
    targets dealt to other rows. doubled: that of the batch twice over. rows: how many there are."""

    whole: float
    singles: float
    crossed: float
    doubled: float
    rows: int

    @property
    def is_sum(self) -> bool:
        """Whether the batch counts n times its mean."""
        n = self.rows
        return _same(self.whole, n * self.singles) and _same(self.doubled, 2 * self.whole) and abs(self.whole) > 1e-9

    @property
    def ignores_pairs(self) -> bool:
        """Whether it is the same whichever target belongs to which row."""
        return _same(self.whole, self.crossed) and not _same(self.whole, self.singles)


def loss_laws(loss: Loss, output: Array, target: Array) -> LossLaws | None:
    """Try the laws on some rows; None where the loss takes no single row, or all targets are one."""
    output, target = output[:ROWS].astype(np.float64), target[:ROWS]
    n = len(output)
    if n < 3 or len(np.unique(target.reshape(n, -1), axis=0)) < 2:
        return None
    noise = np.linspace(-0.5, 0.0, output.size).reshape(output.shape)  # rows that differ, whatever the network says
    output = output * (1 + noise)

    def value(output: Array, target: Array) -> float:
        with np.errstate(all="ignore"):
            return loss(output, target)[0]

    try:
        whole = value(output, target)
        singles = float(np.mean([value(output[[row]], target[[row]]) for row in range(n)]))
        crossed = value(output, np.roll(target, _shift(target), axis=0))
        doubled = value(np.concatenate([output, output]), np.concatenate([target, target]))
    except LayerwiseError:
        return None
    numbers = (whole, singles, crossed, doubled)
    return LossLaws(*numbers, n) if np.isfinite(numbers).all() else None


def _shift(target: Array) -> int:
    """How far to roll the targets so that some of them change rows."""
    return next(shift for shift in range(1, len(target)) if (np.roll(target, shift, axis=0) != target).any())


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-5 * max(abs(a), abs(b), 1e-9)
