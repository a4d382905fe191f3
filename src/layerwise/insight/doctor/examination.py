"""An examination: one patient, and what is measured of it, each thing once."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property

from layerwise.insight.doctor.course import Course
from layerwise.insight.doctor.patient import Patient
from layerwise.network import Network


class Examination:
    """What the rules look at. course: of the patient's training, None before it."""

    def __init__(self, patient: Patient, course: Course | None = None) -> None:
        self.patient = patient
        self.course = course

    @cached_property
    def start(self) -> Network:
        """The network as it came, a copy."""
        return deepcopy(self.patient.net)
