"""Exam C: runs that are healthy, of all kinds of networks, data and optimizers, and some that are healthy and hopeless.

Healthy is: the network has a skill of 0.4 or more on rows that it has not seen, and its validation loss ends no more
than a quarter of the way back up from its lowest value to where it began. Hopeless: the labels are drawn, or half of
them flipped, so that nothing is to be learnt; on new rows the skill is then below 0.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import BACK, WELL, Specimen

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
    course = specimen.train()
    if course.diverged or course.refused:
        return False, 0.0
    if run.hopeless:
        return course.skill < HOPELESS, course.skill
    return course.skill >= WELL and course.back <= BACK, course.skill
