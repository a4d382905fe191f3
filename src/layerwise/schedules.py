"""Learning-rate schedules: pure functions from the epoch to the rate.

A schedule takes no optimizer: `schedule(lr, epoch)` gives the rate of an epoch, counted from 0, from the rate that the
optimizer was made with. Names, arguments and defaults are torch's.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from layerwise.checks import not_negative, positive, whole_number
from layerwise.specs import Registry


class Schedule(ABC):
    """What all schedules have in common: they are called with the first rate and the epoch."""

    @abstractmethod
    def __call__(self, lr: float, epoch: int) -> float:
        """Return the rate in this epoch."""

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({settings})"


SCHEDULES: Registry[Schedule] = Registry("schedule")


@SCHEDULES.register
class StepLR(Schedule):
    """Multiply the rate by gamma every `step_size` epochs: lr · γ^⌊epoch / step_size⌋.

    >>> [StepLR(step_size=2)(0.8, epoch) for epoch in (0, 1, 2)]
    [0.8, 0.8, 0.08000000000000002]
    """

    def __init__(self, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = whole_number("step_size", step_size)
        self.gamma = positive("gamma", gamma)

    def __call__(self, lr: float, epoch: int) -> float:
        return lr * self.gamma ** (epoch // self.step_size)


@SCHEDULES.register
class ExponentialLR(Schedule):
    """Multiply the rate by gamma every epoch: lr · γ^epoch.

    >>> ExponentialLR(gamma=0.5)(0.8, 3)
    0.1
    """

    def __init__(self, gamma: float) -> None:
        self.gamma = positive("gamma", gamma)

    def __call__(self, lr: float, epoch: int) -> float:
        return lr * self.gamma**epoch


@SCHEDULES.register
class CosineAnnealingLR(Schedule):
    """Follow half a cosine from lr down to eta_min: eta_min + (lr - eta_min) (1 + cos(π epoch / T_max)) / 2.

    Past T_max the cosine rises again, as in torch. Source: Loshchilov and Hutter, SGDR, ICLR 2017.

    >>> [round(CosineAnnealingLR(T_max=10)(1.0, epoch), 3) for epoch in (0, 5, 10)]
    [1.0, 0.5, 0.0]
    """

    def __init__(self, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = whole_number("T_max", T_max)
        self.eta_min = not_negative("eta_min", eta_min)

    def __call__(self, lr: float, epoch: int) -> float:
        return self.eta_min + (lr - self.eta_min) * (1 + math.cos(math.pi * epoch / self.T_max)) / 2
