"""A learning rate to begin with, found by trying: a short run whose rate grows from far too small to far too large."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from layerwise.checks import positive, require_kind, whole_number
from layerwise.data.batches import shuffled
from layerwise.errors import DataError, SettingError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.training.evaluation import evaluate
from layerwise.training.inputs import checked, require_finite_weights
from layerwise.training.samples import Batch, Samples, Shuffled
from layerwise.training.threads import run_threads, thread_count
from layerwise.training.update import Update
from layerwise.types import Array

_MEASURED = 1024  # samples, always the same ones: the curve is to show the rate, not the luck of the batches
_KEPT = 0.8  # how much of its past a point of the smoothed curve keeps
_BLOWN = 10.0  # the test ends where the loss is this many times what it was at the start
_BELOW = 3.0  # how far below the end of the fall the advice lies: near the bottom, steps are already too long
_NOTICED = 0.05  # the share of the fall that is behind where the interval begins, and still ahead where it ends
_SMALLEST_FALL = 1e-3  # of the first loss: what is less is no fall


@dataclass(frozen=True)
class RateFound:
    """What `find_lr` answers.

    lr: the rate to begin with. low, high: below the first learning is slow, above the second it is unsteady.
    reason: what this was read from, in words. rates, losses: the curve, (S,): the smoothed loss on training data
    after the step of each rate.
    """

    lr: float
    low: float
    high: float
    reason: str
    rates: Array = field(repr=False)
    losses: Array = field(repr=False)


def find_lr(
    net: Network,
    train: Any,
    *,
    loss: Loss,
    optimizer: Optimizer,
    batch_size: int = 64,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 150,
    seed: int = 0,
    threads: int | None = None,
) -> RateFound:
    """Find a learning rate for this network, data and optimizer: a number, an interval, and the reason.

    A copy of the network makes `steps` updates while the rate grows by the same factor from `lowest` to `highest`. Its
    loss, on up to 1,024 training samples in evaluation mode, first stands still, then falls, then rises. The interval
    runs from where a twentieth of the fall is behind, on the smoothed curve, to where all but a twentieth is; the
    advice is a third of its upper end, since near the bottom of the curve the steps are already too long.
    net, train, loss, optimizer, batch_size, seed, threads: as for `fit`. net and optimizer are not changed, and the
    rate of the optimizer is not used.
    The advice is for the first stretch of a run at a constant rate; a schedule may begin at `high`.
    Raises DataError where no rate lowers the loss, and what `fit` raises for arguments that do not fit.
    Source: Smith, Cyclical learning rates for training neural networks, WACV 2017.

    >>> import layerwise as lw
    >>> net, data = lw.Network(lw.Linear(2, 16), lw.Tanh(), lw.Linear(16, 2)), lw.data.load("moons")
    >>> found = find_lr(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam())
    >>> found.low < found.lr < found.high
    True
    """
    require_kind("net", net, Network)
    require_kind("loss", loss, Loss)
    require_kind("optimizer", optimizer, Optimizer)
    batch_size, steps = whole_number("batch_size", batch_size), whole_number("steps", steps, minimum=10)
    lowest, highest = positive("lowest", lowest), positive("highest", highest)
    if lowest >= highest:
        raise SettingError(f"lowest must be below highest, got {lowest!r} and {highest!r}")
    seed, threads = whole_number("seed", seed, minimum=0), thread_count(threads)
    samples = checked("training", train, net, loss)
    require_finite_weights(net)
    with run_threads(net, threads), np.errstate(all="ignore"):
        trial = _Trial(deepcopy(net), samples, loss, deepcopy(optimizer), batch_size, seed)
        first, measured = trial.loss_now(), []
        rates = np.geomspace(lowest, highest, steps)
        for step, lr in enumerate(rates):
            trial.step(step, float(lr))
            value = trial.loss_now()
            if not math.isfinite(value) or value > _BLOWN * first:
                break
            measured.append(value)
    return _read(rates[: len(measured)], _smoothed(measured), first, complete=len(measured) == steps)


class _Trial:
    """A copy of the network on its way through growing rates."""

    def __init__(
        self, net: Network, samples: Samples, loss: Loss, optimizer: Optimizer, batch_size: int, seed: int
    ) -> None:
        self.net, self.loss, self.seed = net, loss, seed
        self.update = Update(net, optimizer)
        self.batches = _forever(Shuffled(samples, batch_size, seed))
        counted = np.arange(len(samples)) if samples.shares is None else np.flatnonzero(samples.shares)
        self.measured = samples.take(counted[np.sort(shuffled(len(counted), seed, 0)[:_MEASURED])])

    def step(self, step: int, lr: float) -> None:
        """One update, as in `fit`."""
        net, batch = self.net, next(self.batches)
        net.zero_grad()
        net.backpropagate(batch.x, batch.target, self.loss, seed=self.seed, step=step)
        self.update(lr)

    def loss_now(self) -> float:
        """The loss on the measured samples."""
        return evaluate(self.net, self.measured.x, self.measured.target, self.loss)["loss"]


def _forever(source: Shuffled) -> Iterator[Batch]:
    """The batches of one epoch after the other, as far as a sample in them counts."""
    for epoch in count():
        yield from (batch for batch in source.batches(epoch) if batch.total > 0)


def _smoothed(values: list[float]) -> Array:
    """A running mean that forgets, corrected for its start at 0 like the means of Adam.

    >>> _smoothed([1.0, 1.0, 0.0]).round(3)
    array([1.  , 1.  , 0.59])
    """
    mean, smooth = 0.0, []
    for number, value in enumerate(values, start=1):
        mean = _KEPT * mean + (1 - _KEPT) * value
        smooth.append(mean / (1 - _KEPT**number))
    return np.array(smooth)


def _read(rates: Array, losses: Array, first: float, complete: bool) -> RateFound:
    """The advice that a curve gives."""
    bottom = float(losses.min(initial=first))
    fall = first - bottom
    if not fall > _SMALLEST_FALL * first:  # also where the first loss is no number
        raise DataError(
            f"no learning rate lowered the loss, {first:.4g} at the start: inputs or targets far from -1 to 1, dead "
            "units, or a network that is trained already are the usual causes"
        )
    begins, ends = (int(np.argmax(losses <= first - share * fall)) for share in (_NOTICED, 1 - _NOTICED))
    high = float(rates[ends])
    lr = high / _BELOW
    low = min(float(rates[begins]), lr)
    rising = not complete or losses[-1] > bottom + _NOTICED * fall
    after = "higher up it rises" if rising else "it does not rise before the end of the test: pass a larger highest="
    reason = (
        f"The loss, {first:.3g} at the start, begins to fall at a rate of {low:.2g} and is down to {bottom:.3g} at "
        f"{high:.2g}; {after}. A third of {high:.2g} is {lr:.2g}."
    )
    return RateFound(lr, low, high, reason, rates, losses)
