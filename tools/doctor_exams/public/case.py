"""A public case: where it was asked, what was wrong, and how it is set up sick and cured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from layerwise.insight.doctor.zoo.draw import Draw
from layerwise.insight.doctor.zoo.specimen import Specimen

Setup = Callable[[Draw, bool], Specimen]


@dataclass(frozen=True)
class PublicCase:
    """source: where it was asked. setting: in a line. cause, equivalents: codes that are right. differs: what is not as
    it was asked, such as data that stands in for what is not public."""

    source: str
    setting: str
    cause: str
    setup: Setup
    equivalents: tuple[str, ...] = ()
    differs: str = ""

    @property
    def name(self) -> str:
        return self.source

    @property
    def answers(self) -> frozenset[str]:
        """The codes that name the cause right."""
        return frozenset((self.cause, *self.equivalents))

    def build(self, seed: int, sick: bool = True) -> Specimen:
        """The setup with the first weights, and where it is made the data, of a seed."""
        return self.setup(Draw(seed, self.source), sick)
