"""Learning-rate schedules: pure functions from time to the rate.

A schedule takes no optimizer: `schedule(lr, t)` gives the rate at time t, counted from 0, from the rate lr that the
optimizer was made with. Every schedule says what it counts: `per="epoch"`, or `per="step"`, one update after the other.
Names, arguments and defaults are torch's.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

from layerwise.checks import fraction, not_negative, one_of, positive, several, whole_number, yes_or_no
from layerwise.errors import KindError, SettingError
from layerwise.specs import Registry

__all__ = [
    "SCHEDULES",
    "UNITS",
    "ChainedScheduler",
    "Combined",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "Schedule",
    "SequentialLR",
    "StepLR",
]

UNITS = ("epoch", "step")


class Schedule(ABC):
    """What all schedules have in common: they are called with the first rate and the time.

    per: what the time counts, "epoch" or "step".

    >>> class InverseRoot(Schedule):
    ...     def __call__(self, lr, t):
    ...         return lr / math.sqrt(1 + t)
    >>> InverseRoot()(0.1, t=3)
    0.05
    """

    per: str = "epoch"

    def __init__(self, per: str = "epoch") -> None:
        self.per = one_of("per", per, UNITS)

    @abstractmethod
    def __call__(self, lr: float, t: int) -> float:
        """Return the rate in this epoch, or at this step, counted from 0."""

    def __repr__(self) -> str:
        usual = type(self).per
        settings = [f"{name}={value!r}" for name, value in vars(self).items() if (name, value) != ("per", usual)]
        return f"{type(self).__name__}({', '.join(settings)})"


SCHEDULES: Registry[Schedule] = Registry("schedule", "lw.schedules.SCHEDULES")


@SCHEDULES.register
class StepLR(Schedule):
    """Multiply the rate by gamma every `step_size` epochs: lr · γ^⌊t / step_size⌋.

    Source: Krizhevsky et al., ImageNet classification with deep convolutional neural networks, NIPS 2012, section 5.

    >>> [StepLR(step_size=2)(0.8, t) for t in (0, 1, 2)]
    [0.8, 0.8, 0.08000000000000002]
    """

    def __init__(self, step_size: int, gamma: float = 0.1, *, per: str = "epoch") -> None:
        super().__init__(per)
        self.step_size = whole_number("step_size", step_size)
        self.gamma = positive("gamma", gamma)

    def __call__(self, lr: float, t: int) -> float:
        return lr * self.gamma ** (t // self.step_size)


@SCHEDULES.register
class MultiStepLR(Schedule):
    """Multiply the rate by gamma at each milestone: lr · γ^(milestones reached).

    milestones: epochs (or steps) in any order; one that is listed twice counts twice, as in torch.
    Source: He et al., Deep residual learning for image recognition, CVPR 2016, section 4.2.

    >>> [MultiStepLR(milestones=[2, 5], gamma=0.5)(0.8, t) for t in (0, 1, 2, 4, 5)]
    [0.8, 0.8, 0.4, 0.4, 0.2]
    """

    def __init__(self, milestones: Sequence[int], gamma: float = 0.1, *, per: str = "epoch") -> None:
        super().__init__(per)
        self.milestones = sorted(_milestones(milestones))
        self.gamma = positive("gamma", gamma)

    def __call__(self, lr: float, t: int) -> float:
        return lr * self.gamma ** bisect_right(self.milestones, t)


@SCHEDULES.register
class ExponentialLR(Schedule):
    """Multiply the rate by gamma every epoch: lr · γᵗ.

    Source: Senior et al., An empirical study of learning rates in deep neural networks, ICASSP 2013.

    >>> ExponentialLR(gamma=0.5)(0.8, 3)
    0.1
    """

    def __init__(self, gamma: float, *, per: str = "epoch") -> None:
        super().__init__(per)
        self.gamma = positive("gamma", gamma)

    def __call__(self, lr: float, t: int) -> float:
        return lr * self.gamma**t


@SCHEDULES.register
class LinearLR(Schedule):
    """Go in a straight line from start_factor · lr to end_factor · lr in `total_iters` epochs, and stay: a warm-up.

    Large first steps along gradients of random weights can spoil a run, most of all with momentum and Adam, whose
    running means know little yet. Source: Goyal et al., Accurate, large minibatch SGD, arXiv 1706.02677 (2017).

    >>> [round(LinearLR(start_factor=0.25, total_iters=3)(0.8, t), 3) for t in range(5)]
    [0.2, 0.4, 0.6, 0.8, 0.8]
    """

    def __init__(
        self, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5, *, per: str = "epoch"
    ) -> None:
        super().__init__(per)
        self.start_factor = positive("start_factor", fraction("start_factor", start_factor, one_allowed=True))
        self.end_factor = fraction("end_factor", end_factor, one_allowed=True)
        self.total_iters = whole_number("total_iters", total_iters)

    def __call__(self, lr: float, t: int) -> float:
        return lr * (self.start_factor + (self.end_factor - self.start_factor) * min(1, t / self.total_iters))


@SCHEDULES.register
class CosineAnnealingLR(Schedule):
    """Follow half a cosine from lr down to eta_min: eta_min + (lr - eta_min) (1 + cos(π t / T_max)) / 2.

    Past T_max the cosine rises again, as in torch. Source: Loshchilov and Hutter, SGDR, ICLR 2017.

    >>> [round(CosineAnnealingLR(T_max=10)(1.0, t), 3) for t in (0, 5, 10)]
    [1.0, 0.5, 0.0]
    """

    def __init__(self, T_max: int, eta_min: float = 0.0, *, per: str = "epoch") -> None:
        super().__init__(per)
        self.T_max = whole_number("T_max", T_max)
        self.eta_min = not_negative("eta_min", eta_min)

    def __call__(self, lr: float, t: int) -> float:
        return _cosine(lr, self.eta_min, t / self.T_max)


@SCHEDULES.register
class CosineAnnealingWarmRestarts(Schedule):
    """Half a cosine from lr down to eta_min, again and again: the first takes T_0 epochs, each later T_mult times more.

    A restart shakes theta out of where it has settled. Source: Loshchilov and Hutter, SGDR, ICLR 2017.

    >>> [round(CosineAnnealingWarmRestarts(T_0=2, T_mult=2)(1.0, t), 3) for t in range(7)]
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]
    """

    def __init__(self, T_0: int, T_mult: int = 1, eta_min: float = 0.0, *, per: str = "epoch") -> None:
        super().__init__(per)
        self.T_0 = whole_number("T_0", T_0)
        self.T_mult = whole_number("T_mult", T_mult)
        self.eta_min = not_negative("eta_min", eta_min)

    def __call__(self, lr: float, t: int) -> float:
        cycle = self.T_0
        if self.T_mult == 1:
            t %= cycle
        while t >= cycle:
            t, cycle = t - cycle, cycle * self.T_mult
        return _cosine(lr, self.eta_min, t / cycle)


@SCHEDULES.register
class OneCycleLR(Schedule):
    """One rise to max_lr, and one long fall to nearly nothing, in `total_steps` steps.

    The rate of the optimizer is not used: the cycle begins at max_lr / div_factor, reaches max_lr after the share
    pct_start of the steps, and ends at max_lr / div_factor / final_div_factor. With three_phase it falls as it rose,
    and the rest of the steps leads to the end. anneal_strategy: "cos" or "linear".
    total_steps: how many steps there will be, epochs · ⌈samples / batch_size⌉; or give epochs and steps_per_epoch.
    After them the rate stays at its end, where torch raises an error. Unlike torch's, it leaves momentum alone.
    Source: Smith and Topin, Super-convergence, arXiv 1708.07120 (2017).

    >>> [round(OneCycleLR(max_lr=1.0, total_steps=10)(0.1, t), 3) for t in (0, 1, 2, 6, 9)]
    [0.04, 0.52, 1.0, 0.389, 0.0]
    """

    per = "step"

    def __init__(
        self,
        max_lr: float,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        *,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        per: str = "step",
    ) -> None:
        super().__init__(per)
        self.max_lr = positive("max_lr", max_lr)
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        self.epochs, self.steps_per_epoch = epochs, steps_per_epoch
        self.pct_start = fraction("pct_start", pct_start, one_allowed=True)
        self.anneal_strategy = one_of("anneal_strategy", anneal_strategy, ("cos", "linear"))
        self.div_factor = positive("div_factor", div_factor)
        self.final_div_factor = positive("final_div_factor", final_div_factor)
        self.three_phase = yes_or_no("three_phase", three_phase)
        if three_phase and self.pct_start > 0.5:
            raise SettingError(
                f"three_phase rises and falls within the steps: pct_start is at most 0.5, got {pct_start}"
            )

    def __call__(self, lr: float, t: int) -> float:
        t = min(t, self.total_steps - 1)
        (start, first), (end, last) = next(phase for phase in pairwise(self._corners()) if t <= phase[1][0])
        share = (t - start) / (end - start) if end > start else 1.0
        return first + (last - first) * share if self.anneal_strategy == "linear" else _cosine(first, last, share)

    def _corners(self) -> list[tuple[float, float]]:
        """When the rise, the fall and the tail begin and end, with the rate there. A phase includes its last step."""
        first = self.max_lr / self.div_factor
        rise = self.pct_start * self.total_steps
        corners = [(0.0, first), (rise - 1, self.max_lr)]
        if self.three_phase:
            corners.append((2 * rise - 2, first))
        return [*corners, (self.total_steps - 1, first / self.final_div_factor)]


class Combined(Schedule):
    """What schedules made of schedules have in common.

    schedulers: the parts, as schedules or as their tables. All of them count the same, epochs or steps, and the whole
    counts what its parts count.
    """

    def __init__(self, schedulers: Sequence[Schedule | Mapping[str, Any]]) -> None:
        if not isinstance(schedulers, Sequence) or isinstance(schedulers, str) or not schedulers:
            raise KindError(f"schedulers must be a list of schedules, got {schedulers!r}: write [LinearLR(), ...]")
        self.schedulers = [_schedule(each) for each in schedulers]
        units = {each.per for each in self.schedulers}
        if len(units) > 1:
            raise SettingError(
                f"the parts of {type(self).__name__} must all count epochs or all count steps, got {self.schedulers}: "
                "give each of them the same per="
            )
        super().__init__(units.pop())

    def __repr__(self) -> str:
        settings = [f"{name}={value!r}" for name, value in vars(self).items() if name != "per"]
        return f"{type(self).__name__}({', '.join(settings)})"

    def setting(self, name: str) -> Any:
        """Tables hold the parts as tables."""
        return [SCHEDULES.spec(each) for each in self.schedulers] if name == "schedulers" else getattr(self, name)


@SCHEDULES.register
class SequentialLR(Combined):
    """One schedule after the other, each from a time 0 of its own: the next one takes over at its milestone.

    schedulers: the parts. milestones: when the second, the third, ... begin; they rise.
    Source: the class of this name in torch.optim.lr_scheduler.

    >>> warm_up_then_fall = SequentialLR([LinearLR(0.5, total_iters=2), CosineAnnealingLR(T_max=4)], milestones=[2])
    >>> [round(warm_up_then_fall(1.0, t), 3) for t in range(7)]
    [0.5, 0.75, 1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(self, schedulers: Sequence[Schedule | Mapping[str, Any]], milestones: Sequence[int]) -> None:
        super().__init__(schedulers)
        self.milestones = _milestones(milestones)
        rising = all(a < b for a, b in pairwise(self.milestones))
        if len(self.milestones) != len(self.schedulers) - 1 or not rising:
            count = len(self.schedulers)
            raise SettingError(f"{count} schedules need {count - 1} milestones that rise, got {milestones}")

    def __call__(self, lr: float, t: int) -> float:
        part = bisect_right(self.milestones, t)
        begin = self.milestones[part - 1] if part else 0
        return self.schedulers[part](lr, t - begin)


@SCHEDULES.register
class ChainedScheduler(Combined):
    """All schedules at once: each one starts from the rate that the one before it gives.

    schedulers: the parts. As torch's, where every part multiplies the rate; a cosine with eta_min above 0, or past its
    end, does not, and there torch's rates depend on how it came to them.
    Source: the class of this name in torch.optim.lr_scheduler.

    >>> ChainedScheduler([LinearLR(0.5, total_iters=2), ExponentialLR(0.9)])(1.0, 1)
    0.675
    """

    def __init__(self, schedulers: Sequence[Schedule | Mapping[str, Any]]) -> None:
        super().__init__(schedulers)

    def __call__(self, lr: float, t: int) -> float:
        return reduce(lambda rate, schedule: schedule(rate, t), self.schedulers, lr)


def _cosine(first: float, last: float, share: float) -> float:
    """Half a cosine from the first value down, or up, to the last; share: how much of the way is behind."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2


def _milestones(values: object) -> list[int]:
    listed = several(values)
    if listed is None:
        raise KindError(f"milestones must be a list of whole numbers, got {values!r}: write milestones=[30, 80]")
    return [whole_number("a milestone", value) for value in listed]


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        return whole_number("total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        raise SettingError(
            "OneCycleLR must know its length: give total_steps, or epochs and steps_per_epoch; a run of fit has "
            "epochs * ceil(samples / batch_size) steps"
        )
    return whole_number("epochs", epochs) * whole_number("steps_per_epoch", steps_per_epoch)


def _schedule(part: Schedule | Mapping[str, Any]) -> Schedule:
    if isinstance(part, Schedule):
        return part
    if isinstance(part, type):
        raise KindError(f"a schedule must be an object, got the class {part.__name__}: write {part.__name__}(...)")
    return SCHEDULES.build(part)


def __dir__() -> list[str]:
    return __all__
