"""`lw.Doctor`: the doctor as a listener of a run."""

from __future__ import annotations

from layerwise.insight.doctor.record import Watch
from layerwise.insight.doctor.report import Report


class Doctor(Watch):
    """Watches a run from within, and says what it finds. `report` holds it all."""

    def __init__(self) -> None:
        super().__init__()
        self.report = Report(())
