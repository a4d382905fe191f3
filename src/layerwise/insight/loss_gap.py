"""Why training and validation loss differ: the gap between the two curves in three measured parts, which sum to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layerwise.checks import whole_number
from layerwise.errors import SettingError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.evaluation import evaluate
from layerwise.training.events import EpochEnded, Listener, Started
from layerwise.training.inputs import checked
from layerwise.training.samples import Batch, Samples, Shuffled
from layerwise.training.stream import Stream


@dataclass(frozen=True)
class LossGap:
    """Four losses of one moment, each of which differs from the next in one thing alone.

    recorded: of the training part, as the history has it: the mean over the batches of an epoch, while the weights
    moved, in training mode. trained: of the same samples with the weights at the end of the epoch, still in training
    mode. evaluated: the same in evaluation mode. validation: of the validation part, in evaluation mode.

    >>> gap = LossGap(epoch=3, recorded=0.50, trained=0.44, evaluated=0.30, validation=0.36)
    >>> [round(each, 2) for each in (gap.moving, gap.mode, gap.split, gap.total)]
    [-0.06, -0.14, 0.06, -0.14]
    >>> print(gap)
    epoch 3: validation loss 0.36, training loss 0.5; -0.06 of the gap is weights that moved, -0.14 the training mode
    (dropout, batch statistics), +0.06 the split
    """

    epoch: int
    recorded: float
    trained: float
    evaluated: float
    validation: float

    @property
    def moving(self) -> float:
        """What the weights learnt within the epoch: below 0 while they get better."""
        return self.trained - self.recorded

    @property
    def mode(self) -> float:
        """What training mode costs: dropout and batch statistics; 0 for a network with neither."""
        return self.evaluated - self.trained

    @property
    def split(self) -> float:
        """What is left for samples that were never learnt from: above 0 where the network overfits."""
        return self.validation - self.evaluated

    @property
    def total(self) -> float:
        """The gap that the two curves of a history show, validation - training: moving + mode + split."""
        return self.validation - self.recorded

    @property
    def parts(self) -> dict[str, float]:
        """The three parts under the words that a picture has for them."""
        return {"weights that moved": self.moving, "training mode": self.mode, "the split": self.split}

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch}: validation loss {self.validation:.3g}, training loss {self.recorded:.3g}; "
            f"{self.moving:+.2g} of the gap is weights that moved, {self.mode:+.2g} the training mode\n"
            f"(dropout, batch statistics), {self.split:+.2g} the split"
        )


def loss_gap(
    net: Network,
    train: object,
    validation: object,
    *,
    loss: Loss,
    recorded: float,
    epoch: int = 1,
    batch_size: int = 64,
    seed: int = 0,
) -> LossGap:
    """Measure the gap of a network as it is now. Nothing is changed: no weight, no running statistic, no mask of a run.

    train, validation: (x, target), as for `fit`. recorded: the last of `history["train_loss"]`. epoch: from 1, the
    last one; its batches and its masks are met again. batch_size, seed: as of the run, which began with a fresh
    network. Raises what `fit` raises for data that does not fit.

    >>> import numpy as np, layerwise as lw
    >>> data = lw.data.load("moons", n=80)
    >>> net, loss = lw.Network(lw.Linear(2, 32), lw.ReLU(), lw.Dropout(0.5), lw.Linear(32, 2)), lw.CrossEntropyLoss()
    >>> history = lw.fit(net, data.train, loss=loss, optimizer=lw.Adam(lr=0.01), epochs=9, batch_size=16)
    >>> last = history["train_loss"][-1]
    >>> gap = loss_gap(net, data.train, data.validation, loss=loss, recorded=last, epoch=9, batch_size=16)
    >>> round(gap.moving + gap.mode + gap.split - gap.total, 12), gap.mode < 0      # dropout makes training harder
    (0.0, True)
    """
    whole_number("epoch", epoch, minimum=1)
    source = Shuffled(checked("training", train, net, loss), whole_number("batch_size", batch_size), seed)
    return _measured(net, source, checked("validation", validation, net, loss), loss, recorded, epoch, first_pass=0)


def _measured(
    net: Network,
    source: Shuffled | Stream,
    held_out: Samples,
    loss: Loss,
    recorded: float,
    epoch: int,
    first_pass: int,
) -> LossGap:
    trained = _mean_loss(net, source, loss, epoch, first_pass, training=True)
    evaluated = _mean_loss(net, source, loss, epoch, first_pass, training=False)
    validation = evaluate(net, held_out.x, held_out.target, loss, held_out.weight)["loss"]
    return LossGap(epoch, recorded, trained, evaluated, validation)


def _mean_loss(
    net: Network, source: Shuffled | Stream, loss: Loss, epoch: int, first_pass: int, training: bool
) -> float:
    """Over the batches of that epoch, with the very masks that it had. Running statistics move on the way back only."""
    batches: Iterator[Batch]
    if isinstance(source, Shuffled):
        batches, first, seed = source.batches(epoch - 1, 0, first_pass), (epoch - 1) * source.steps, source.seed
    else:
        batches, first, seed = iter(source.parts(epoch - 1)), 0, net.seed
    total, weight = 0.0, 0.0
    for step, batch in enumerate(batches, first_pass + first):
        if batch.total > 0:
            y, _ = net.forward(batch.x, training, input_gradient=False, seed=seed, step=step)
            value, _ = loss(y, batch.target, batch.weight)
            total, weight = total + value * batch.total, weight + batch.total
    return total / weight


class LossGaps(Listener):
    """Measures the gap after every epoch of a run, or after one in so many: twice the way forward of an epoch.

    every: epochs from one to the next; the first one is measured. gaps: what was found, in order. Watching changes no
    bit of the run. Raises SettingError when the run begins without validation data.

    >>> import layerwise as lw
    >>> data, watch = lw.data.load("moons", n=80), LossGaps(every=2)
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 2))
    >>> history = lw.fit(net, data.train, validation=data.validation, loss=lw.CrossEntropyLoss(),
    ...                  optimizer=lw.Adam(), epochs=4, listeners=[watch])
    >>> [gap.epoch for gap in watch.gaps], watch.gaps[0].recorded == history["train_loss"][0]
    ([1, 3], True)
    """

    def __init__(self, every: int = 1) -> None:
        self.every = whole_number("every", every)
        self.gaps: list[LossGap] = []

    def started(self, event: Started) -> None:
        """As of a `Listener`."""
        if event.run.validation is None:
            raise SettingError("the gap is one between training and validation: pass validation= to fit")
        self._run = event.run

    def epoch_ended(self, event: EpochEnded) -> None:
        """As of a `Listener`."""
        run = self._run
        assert run.validation is not None  # refused at the start
        if (event.epoch - 1) % self.every == 0:
            recorded, first_pass = event.metrics["train_loss"], run.position.first_pass
            self.gaps.append(
                _measured(run.net, run.source, run.validation, run.loss, recorded, event.epoch, first_pass)
            )
