"""What comes of an experiment: arms side by side, each run with several seeds, and the number that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.display import Displayed
from layerwise.errors import SettingError, nearest
from layerwise.types import Array
from layerwise.wording import quantity


@dataclass(frozen=True, eq=False)
class Arm:
    """One choice, tried with several seeds. curves: (seeds, points). numbers: (seeds,), what decides, one a seed.

    A run that diverged has infinity from there on.
    """

    name: str
    curves: Array
    numbers: Array

    @property
    def median(self) -> float:
        """The number of the middle seed."""
        return float(np.median(self.numbers))

    @property
    def diverged(self) -> int:
        """In how many of the runs the loss left the range of the numbers."""
        return int((~np.isfinite(self.curves)).any(axis=1).sum())

    def wins(self, other: Arm, *, most: bool = False) -> int:
        """In how many seeds this arm's number is better: smaller, or larger where `most` is best."""
        better = self.numbers > other.numbers if most else self.numbers < other.numbers
        return int(better.sum())


@dataclass(frozen=True, eq=False, repr=False)
class SideBySide(Displayed):
    """An experiment as data: what was asked, what each arm did, and what follows.

    title: the question in a few words. arms: what was compared, in order. x: (points,), where the curves have values.
    x_label, y_label: what they are, with units. measure: what the numbers of the arms are. verdict: one or two
    sentences that follow from the numbers. log: which axes span powers of ten, "", "x", "y" or "xy". joined: whether x
    goes on from point to point, so that a line may. most: whether more of the measure is better. evidence: further
    numbers that belong to it, by name.
    `str` is the verdict with a row for each arm: the median over the seeds, and from the least to the most.
    """

    title: str
    arms: tuple[Arm, ...]
    x: Array
    x_label: str
    y_label: str
    measure: str
    verdict: str
    log: str = ""
    joined: bool = True
    most: bool = False
    evidence: dict[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(arm.name for arm in self.arms)

    @property
    def best(self) -> Arm:
        """The arm with the best median; the first of equal ones."""
        return best_of(self.arms, most=self.most)

    def __getitem__(self, name: str) -> Arm:
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise SettingError(f"there is no arm {name!r}.{nearest(name, self.names)}")

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain lists, numbers and text; None for what is not finite."""
        arms = [{"name": arm.name, "curves": _plain(arm.curves), "numbers": _plain(arm.numbers)} for arm in self.arms]
        words = ("title", "x_label", "y_label", "measure", "verdict", "log", "joined", "most")
        told = {name: getattr(self, name) for name in words}
        return told | {"x": _plain(self.x), "arms": arms, "evidence": dict(self.evidence)}

    def __repr__(self) -> str:
        return f"<SideBySide: {self.title} ({', '.join(self.names)}; {len(self.arms[0].numbers)} seeds)>"

    def __str__(self) -> str:
        width = max(map(len, self.names))
        rows = [f"  {arm.name:<{width}}  {shown(arm)}" for arm in self.arms]
        seeds = len(self.arms[0].numbers)
        return "\n".join([self.verdict, "", f"{self.measure}, median of {seeds} seeds (least to most):", *rows])


def losses_by_epoch(
    title: str,
    arms: tuple[Arm, ...],
    epochs: int,
    verdict: str,
    *,
    x_label: str = "epoch",
    evidence: dict[str, float] | None = None,
) -> SideBySide:
    """An experiment whose curves are the training loss after each epoch, and whose number is the last of them."""
    return SideBySide(
        title=title,
        arms=arms,
        x=np.arange(epochs + 1),
        x_label=x_label,
        y_label="training loss",
        measure=f"training loss after {epochs} epochs",
        verdict=verdict,
        log="y",
        evidence=evidence or {},
    )


def _plain(values: Array) -> Any:
    """An array as lists."""
    if values.ndim:
        return [_plain(each) for each in values]
    return float(values) if np.isfinite(values) else None


def best_of(arms: Sequence[Arm], *, most: bool = False) -> Arm:
    """The arm with the best median; the first of equal ones."""
    return max(arms, key=lambda arm: arm.median) if most else min(arms, key=lambda arm: arm.median)


def shown(arm: Arm) -> str:
    """The median, and the range.

    >>> shown(Arm("a", np.zeros((3, 1)), np.array([0.1, 0.3, 0.2])))
    '0.2 (0.1 to 0.3)'
    """
    low, high = float(arm.numbers.min()), float(arm.numbers.max())
    return f"{brief(arm.median)} ({brief(low)} to {brief(high)})"


def brief(value: float) -> str:
    """A number with three digits that count.

    >>> brief(0.012345), brief(1234.5), brief(float("inf"))
    ('0.0123', '1,230', 'diverged')
    """
    return quantity(float(f"{value:.3g}")) if np.isfinite(value) else "diverged"
