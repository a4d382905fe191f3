"""A specimen: a patient, and rows that nobody learns from, to say how well it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.course import train
from layerwise.insight.doctor.patient import Patient
from layerwise.losses import CrossEntropyLoss
from layerwise.network import Network
from layerwise.training.evaluation import predict
from layerwise.types import Array

Skill = Callable[[Network, Array, Array], float]
"""How well a network answers rows x with a target: 0, as well as a constant, to 1, without an error."""

WELL = 0.4
"""A cured network has at least this skill on rows that it has not seen."""
BACK = 0.25
"""Its validation loss ends no more than this share of its way down back up: it has no other disease."""
CLEARLY = 0.1
"""By so much the skill of a sick one is lower,"""
TIMES, SHARE = 3.0, 0.03
"""or so many times as high its loss ends, and by so much of where it began: it learns, and badly."""


@dataclass(frozen=True)
class Course:
    """How a training went.

    losses, held_out: the mean loss of each epoch, in training and in validation. diverged: whether the loss left the
    range of the numbers. refused: what the library said of a setup that it would not train. skill: on rows that the
    network has not seen; 0 where it broke off.
    """

    losses: tuple[float, ...]
    held_out: tuple[float, ...] = ()
    diverged: bool = False
    skill: float = 0.0
    refused: str = ""

    @property
    def back(self) -> float:
        """How much of its way down the validation loss has gone back up at the end, as a share."""
        if len(self.held_out) < 2:
            return 0.0
        low, way = min(self.held_out), max(self.losses[0], self.held_out[0]) - min(self.held_out)
        return (self.held_out[-1] - low) / way if way > 0 else 0.0


@dataclass(frozen=True)
class Specimen:
    """patient: what `lw.fit` and `lw.doctor` take. test: a pair (x, target) that neither sees. skill: its measure."""

    patient: Patient
    test: tuple[Array, Array]
    skill: Skill = field(default=lambda net, x, target: skill(net, x, target))

    def otherwise(self, **changes: object) -> Specimen:
        """The same with some things of the patient changed."""
        return replace(self, patient=self.patient.otherwise(**changes))

    def train(self) -> Course:
        """Train a copy to its end, and say how it went."""
        try:
            course = train(self.patient)
        except LayerwiseError as error:
            return Course((), refused=str(error))
        losses = tuple(course.record.epochs.get("train_loss", ()))
        held_out = tuple(course.record.epochs.get("val_loss", ()))
        if course.record.error is not None:
            return Course(losses or tuple(course.record.losses), diverged=True)
        with np.errstate(all="ignore"):
            found = float(self.skill(course.net, *self.test))
        return Course(losses, held_out, skill=max(0.0, found) if np.isfinite(found) else 0.0)


def cure_helps(sick: Course, cured: Course) -> bool:
    """Whether the disease is one, and the cure helps: cured it does well, and sick it does clearly worse."""
    if cured.skill < WELL or cured.back > BACK or cured.diverged or cured.refused:
        return False
    return cured.skill - sick.skill >= CLEARLY or _ends_higher(sick.losses, cured.losses)


def _ends_higher(sick: tuple[float, ...], cured: tuple[float, ...]) -> bool:
    """Whether the loss of the sick run ends far above that of the cured one, as a share of where that began."""
    if not sick:
        return True
    return sick[-1] >= TIMES * cured[-1] and sick[-1] - cured[-1] >= SHARE * cured[0]


def skill(net: Network, x: Array, target: Array) -> float:
    """For classes the balanced accuracy above chance, for quantities the share of the variance that is explained."""
    y = predict(net, x)
    if target.dtype.kind in "iu":
        return balanced(y.reshape(-1, y.shape[-1]).argmax(axis=1), target.ravel())
    return explained(y, target)


def certainty(net: Network, x: Array, target: Array) -> float:
    """The share of the surprise at the labels that the network's probabilities take away."""
    shares = np.bincount(target) / len(target)
    blind = -(shares * np.log(np.maximum(shares, 1e-12))).sum()
    return float(1 - CrossEntropyLoss()(predict(net, x), target)[0] / blind)


def yes_or_no(net: Network, x: Array, target: Array, half: float = 0.0) -> float:
    """The skill where answers above `half` are a yes, and the target (N, 1) is 0 or 1."""
    return balanced((predict(net, x) > half).ravel().astype(int), target.ravel().astype(int))


def balanced(answers: Array, labels: Array) -> float:
    """The mean over the classes of the share of right answers, from 0, which is chance, to 1.

    >>> balanced(np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1]))
    0.0
    """
    classes = np.unique(labels)
    recall = np.mean([(answers[labels == k] == k).mean() for k in classes])
    return float((recall - 1 / len(classes)) / (1 - 1 / len(classes)))


def explained(y: Array, target: Array) -> float:
    """R²: 1 - the mean squared error over the variance.

    >>> explained(np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]]))
    0.5
    """
    return float(1 - np.mean((y.reshape(target.shape) - target) ** 2) / np.var(target))
