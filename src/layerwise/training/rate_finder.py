"""A learning rate to begin with, found by trying: a short run whose rate grows from far too small to far too large."""

from __future__ import annotations

import math
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.checks import positive, require_kind, whole_number
from layerwise.errors import DataError, DivergedError, KindError, SettingError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.schedules import Schedule
from layerwise.training.evaluation import evaluate
from layerwise.training.events import Listener, StepEnded, Stop
from layerwise.training.run import Run
from layerwise.training.samples import MEASURED, Shuffled
from layerwise.training.sources import is_stream
from layerwise.types import Array

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
    loss, on up to 1,024 training samples in evaluation mode (with batch normalisation, in training mode, whose
    statistics need not settle first), stands still, then falls, then rises. The interval
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
    require_kind("optimizer", optimizer, Optimizer)
    batch_size, steps = whole_number("batch_size", batch_size), whole_number("steps", steps, minimum=10)
    lowest, highest = positive("lowest", lowest), positive("highest", highest)
    if lowest >= highest:
        raise SettingError(f"lowest must be below highest, got {lowest!r} and {highest!r}")
    rates = np.geomspace(lowest, highest, steps)
    if is_stream(train):
        raise KindError("training data is a pair (x, target) for find_lr, which measures on the same samples all along")
    run = Run(
        deepcopy(net),
        train,
        loss=loss,
        optimizer=deepcopy(optimizer),
        epochs=steps,  # more than enough: an epoch makes an update at least
        batch_size=batch_size,
        schedule=_Growing(rates),
        seed=seed,
        threads=threads,
    )
    curve = _Curve(run)
    run.listen(curve)
    with suppress(DivergedError):  # which ends the test, as a loss that has blown up does
        run.advance(steps)
    losses = curve.losses
    return _read(rates[: len(losses)], _smoothed(losses), curve.first, complete=len(losses) == steps)


class _Growing(Schedule):
    """The rates of the test, one for each update."""

    def __init__(self, rates: Array) -> None:
        super().__init__(per="step")
        self.rates = rates

    def __call__(self, lr: float, t: int) -> float:
        return float(self.rates[t])


class _Curve(Listener):
    """Measures the loss after every update, on the same samples, and ends the run when it has blown up."""

    def __init__(self, run: Run) -> None:
        assert isinstance(run.source, Shuffled)
        self.net, self.loss, self.seed = run.net, run.loss, run.source.seed
        self.samples = run.source.samples.some(MEASURED, self.seed)
        with np.errstate(all="ignore"):
            self.first = self.measure()
        self.losses: list[float] = []

    def step_ended(self, event: StepEnded) -> Stop | None:
        value = self.measure()
        if not math.isfinite(value) or value > _BLOWN * self.first:
            return Stop("blown up")
        self.losses.append(value)
        return None

    def measure(self) -> float:
        """The loss now. Running statistics need far more updates than the test makes, at rates that hardly change
        anything; a network that has some is measured by the statistics of the samples, as it trains."""
        x, target = self.samples.x, self.samples.target
        if not self.net.buffers():
            return evaluate(self.net, x, target, self.loss)["loss"]
        y, _ = self.net.forward(x, training=True, input_gradient=False, seed=self.seed, step=0)
        return self.loss(y, target)[0]


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
