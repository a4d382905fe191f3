"""What the doctor said of one run, and whether the run is what it should be."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields
from typing import Any

import layerwise as lw
from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.zoo.specimen import Specimen

REFUSED = "refused"
"""The code that stands for a setup which the doctor would not take at all."""


@dataclass(frozen=True)
class Paper:
    """said: the codes above a note, weightiest first; noted: those of the notes. skill: of the run itself.

    counts: whether it is a case at all: a sick run is sick and its cure helps, a healthy one is healthy.
    """

    case: str
    seed: int
    state: str
    """"sick", "cured", "healthy" or "hopeless"."""
    said: list[str]
    noted: list[str]
    skill: float
    counts: bool = True
    seconds: float = 0.0

    def as_table(self) -> dict[str, Any]:
        """The paper as plain data."""
        return asdict(self)

    def right(self, answers: frozenset[str]) -> bool:
        """Whether one of the answers is first or second."""
        return bool(answers & set(self.said[:2]))


def examined(specimen: Specimen) -> tuple[list[str], list[str], float]:
    """What `lw.doctor` says above a note, what it notes, and how many seconds of processor it took."""
    patient = specimen.patient
    settings = {each.name: getattr(patient, each.name) for each in fields(patient)}
    began = time.process_time()
    try:
        report = lw.doctor(settings.pop("net"), settings.pop("train"), **settings)
    except LayerwiseError:
        return [REFUSED], [], time.process_time() - began
    said = [each.code for each in report.findings if each.severity != "note"]
    noted = [each.code for each in report.findings if each.severity == "note"]
    return said, noted, time.process_time() - began
