"""The way of a network through the space of its parameters: theta after every epoch, or every so many updates."""

from __future__ import annotations

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import DataError
from layerwise.training import Listener
from layerwise.training.events import EpochEnded, Started, StepEnded
from layerwise.types import Array


class Path(Listener):
    """Keeps theta at the start and after every epoch; with `every`, after so many updates instead.

    points: (T, P), after the run. steps: (T,), the updates made at each point. A run that goes on is followed further.

    >>> import layerwise as lw
    >>> x, path = np.ones((8, 2)), Path()
    >>> history = lw.fit(lw.Network(lw.Linear(2, 1)), (x, x[:, :1]), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1),
    ...                  epochs=3, listeners=[path])
    >>> path.points.shape, path.steps.tolist()
    ((4, 3), [0, 1, 2, 3])
    """

    def __init__(self, every: int | None = None) -> None:
        self.every = None if every is None else whole_number("every", every)
        self._points: list[Array] = []
        self._steps: list[int] = []

    @property
    def points(self) -> Array:
        if not self._points:
            raise DataError("this path has no points yet: pass it to a run, listeners=[path], and train")
        return np.array(self._points)

    @property
    def steps(self) -> Array:
        return np.array(self._steps)

    def started(self, event: Started) -> None:
        """The first point, unless the run goes on from the last one. After going back, what was left is forgotten."""
        while self._steps and self._steps[-1] >= event.step:
            self._steps.pop()
            self._points.pop()
        self._keep(event.step, event.net.theta)

    def step_ended(self, event: StepEnded) -> None:
        """A point, every so many updates."""
        if self.every is not None and event.step % self.every == 0:
            self._keep(event.step, event.run.net.theta)

    def epoch_ended(self, event: EpochEnded) -> None:
        """A point, unless updates are counted."""
        if self.every is None:
            self._keep(event.step, event.net.theta)

    @property
    def hears_steps(self) -> bool:
        """Only if updates are counted."""
        return self.every is not None

    def _keep(self, step: int, theta: Array) -> None:
        self._steps.append(step)
        self._points.append(np.array(theta))
