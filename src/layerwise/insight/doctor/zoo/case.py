"""A case of the zoo: a healthy program, one line of it written another way, and what that does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import layerwise
from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.grafts import Graft, Mutant
from layerwise.insight.doctor.zoo.mutation import mutated
from layerwise.insight.doctor.zoo.specimen import Skill, Specimen

FAMILIES = ("dense", "convolutional", "recurrent", "attention")


@dataclass(frozen=True)
class Case:
    """One sick network, its cured twin, and the line between them.

    name: of the disease, so that it is told last. family: what kind of network falls sick.
    program: what makes the specimen. cured, sick: a line, or a part of one, that stands once in the program, or in
    `part`; sick, the other stands there. part, graft: a formula or a method of ours that differs instead, and how it
    gets into the network. sees: what the learner sees, who does not know the cause. cure: why the cured line is right.
    cause: the code of the finding that names the disease. equivalents: codes of which the cure is as right.
    skill: what the network does badly, where that is not how well it answers.
    """

    name: str
    family: str
    program: Callable[[Draw], Specimen]
    cured: str
    sick: str
    cause: str
    sees: str
    cure: str
    equivalents: tuple[str, ...] = ()
    part: Mutant | None = None
    graft: Graft | None = None
    skill: Skill | None = None

    def build(self, seed: int = 0, sick: bool = True) -> Specimen:
        """The specimen with the sizes, rates and data of a seed, untrained."""
        place = self.program if self.part is None else self.part
        function = mutated(place, self.cured, self.sick if sick else self.cured)
        draw = Draw(seed, self.name)
        specimen: Specimen = function(draw) if self.graft is None else self.graft(self.program(draw), function)
        return specimen if self.skill is None else replace(specimen, skill=self.skill)

    @property
    def answers(self) -> frozenset[str]:
        """The codes that name the disease right."""
        return frozenset((self.cause, *self.equivalents))

    @property
    def lines(self) -> tuple[str, str]:
        """The whole line that differs, sick and cured, as it stands in the source."""
        line = next(line for line in self._source if self.cured in line).strip()
        return line.replace(self.cured, self.sick), line

    @property
    def place(self) -> str:
        """The file of the line in the package, and its number: "formulas/affine.py:42"."""
        place = self.part or self.program
        file = inspect.getsourcefile(place) or ""
        number = place.__code__.co_firstlineno + next(n for n, line in enumerate(self._source) if self.cured in line)
        return f"{Path(file).relative_to(Path(layerwise.__file__).parent).as_posix()}:{number}"

    @property
    def _source(self) -> list[str]:
        return inspect.getsource(self.part or self.program).splitlines()
