"""Exam C: runs that are healthy, of all kinds of networks, data and optimizers, and some that are healthy and hopeless.

Healthy is: the network has a skill of 0.4 or more on rows that it has not seen, and its validation loss ends no more
than a quarter of the way back up from its lowest value to where it began. Hopeless: the labels are drawn, or half of
them flipped, so that nothing is to be learnt; on new rows the skill is then below 0.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.insight.doctor.course import train
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import WELL, Specimen

BACK = 0.25
"""How much of its way down the validation loss may have gone back up."""
HOPELESS = 0.2
"""The skill of a run that has nothing to learn stays below it."""


@dataclass(frozen=True)
class Healthy:
    """One run. build: from a draw. hopeless: whether there is nothing to learn in it."""

    name: str
    family: str
    make: Callable[[Draw], Specimen]
    hopeless: bool = False

    def build(self, seed: int) -> Specimen:
        """The run with the data and the first weights of a seed."""
        return self.make(Draw(seed, self.name))


def is_as_stated(run: Healthy, specimen: Specimen) -> tuple[bool, float]:
    """Whether the run is healthy, or hopeless, as it is said to be; and its skill."""
    course = train(specimen.patient)
    if course.record.error is not None:
        return False, 0.0
    found = float(specimen.skill(course.net, *specimen.test))
    if run.hopeless:
        return found < HOPELESS, found
    return found >= WELL and _stays_down(course.record.epochs.get("val_loss", []), specimen), found


def _stays_down(losses: list[float], specimen: Specimen) -> bool:
    """Whether the validation loss ends near its lowest value."""
    if not losses:
        return True
    patient = specimen.patient
    x, target = patient.validation
    begin = patient.loss(patient.net(x), np.asarray(target))[0]
    return losses[-1] <= min(losses) + BACK * (max(begin, losses[0]) - min(losses))
