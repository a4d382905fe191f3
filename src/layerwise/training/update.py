"""One update: from the gradient of a batch to the next theta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.network import Network
from layerwise.optimizers import Optimizer, clip_by_norm, clip_by_value
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule


@dataclass
class Update:
    """What happens to a gradient, in this order: penalty, clipping by value, by norm, optimizer, proximal step.

    It reads net.grad, changes it, and changes net.theta.
    """

    net: Network
    optimizer: Optimizer
    schedule: Schedule | None = None
    regularizer: Regularizer | None = None
    clip_norm: float | None = None
    clip_value: float | None = None

    def __post_init__(self) -> None:
        self.weights = self.net.decay_mask
        self.decay = self.weights if self.optimizer.spares_biases else None

    def rate(self, epoch: int, step: int) -> float:
        """The learning rate of a step, counted from 0 like the epoch that it falls into."""
        if self.schedule is None:
            return self.optimizer.lr
        return self.schedule(self.optimizer.lr, step if self.schedule.per == "step" else epoch)

    def __call__(self, lr: float) -> None:
        """Make one step of this rate."""
        net, regularizer = self.net, self.regularizer
        if regularizer is not None and not regularizer.proximal:
            _, gradient = regularizer(net.theta * self.weights)
            net.grad += gradient
        if self.clip_value is not None:
            clip_by_value(net.grad, self.clip_value)
        if self.clip_norm is not None:
            clip_by_norm(net.grad, self.clip_norm)
        self.optimizer.step(net.theta, net.grad, lr, self.decay)
        if regularizer is not None and regularizer.proximal:
            np.copyto(net.theta, regularizer.shrink(net.theta, lr), where=self.weights == 1)
