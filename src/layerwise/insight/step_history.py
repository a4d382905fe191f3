"""The numbers of every step of a run, for a curve that is finer than an epoch."""

from __future__ import annotations

from layerwise.training.events import Listener, StepEnded


class StepHistory(Listener):
    """Keeps of each step the loss of its batch, its rate, and the length of its gradient.

    steps: their numbers, from 1. loss: before the update. lr: of the update. gradient_norm: of the loss alone, before
    penalties and clipping. All have one number a step; `plots.progress({"loss": watch.loss})` draws them. A run that is
    resumed is recorded from there on. Watching changes no bit of the run.

    >>> import layerwise as lw
    >>> data, watch = lw.data.load("moons", n=80), StepHistory()
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 2))
    >>> history = lw.fit(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=2, batch_size=14,
    ...                  listeners=[watch])
    >>> watch.steps[-1], len(watch.loss), watch.lr[0]
    (8, 8, 0.1)
    """

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.loss: list[float] = []
        self.lr: list[float] = []
        self.gradient_norm: list[float] = []

    def step_ended(self, event: StepEnded) -> None:
        """As of a `Listener`."""
        self.steps.append(event.step)
        self.loss.append(event.loss)
        self.lr.append(event.lr)
        self.gradient_norm.append(event.gradient_norm)
