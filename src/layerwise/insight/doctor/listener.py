"""`lw.Doctor`: the doctor as a listener, which watches a run from within."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from layerwise.errors import DivergedError
from layerwise.insight.doctor.course import Course
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.examine import summary
from layerwise.insight.doctor.finding import Finding
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.ranking import ranked
from layerwise.insight.doctor.record import Watch
from layerwise.insight.doctor.report import Report
from layerwise.insight.doctor.rule import looked, rules
from layerwise.training import Ended, EpochEnded, Noticed, Started


class Doctor(Watch):
    """Examines a run while it goes on: before its first step, after epochs 1, 2, 4, 8, ..., and at its end.

    What it finds is told to all listeners as `Noticed`, with the next end of an epoch; at the end `report` holds all of
    it. It measures on copies, so that the run keeps its bits. Between its looks it asks for two numbers a step.
    trials: whether it may train copies at the end, to find out which change would have helped, as `lw.doctor` does;
        off unless given, since that takes as long as several runs. Without them it tells no cause that only a trial
        can show.
    tell: a function that is given each finding above a note as soon as it is found; None unless given.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 2), lw.Softmax())
    >>> doctor = lw.Doctor(tell=lambda finding: print(finding.code))
    >>> history = lw.fit(net, (x, (x[:, 0] > 0).astype(int)), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.01),
    ...                  epochs=4, listeners=[doctor])
    softmax-twice
    >>> doctor.report.ok
    False
    """

    def __init__(self, *, trials: bool = False, tell: Callable[[Finding], object] | None = None) -> None:
        super().__init__()
        self.trials, self.tell = trials, tell
        self.report = Report(())
        self._patient: Patient | None = None
        self._found: dict[str, Finding] = {}
        self._untold: list[Finding] = []
        self._told: set[str] = set()

    def started(self, event: Started) -> None:
        """Look at the setup."""
        super().started(event)
        if event.step or self._patient is not None:  # a run that goes on: its beginning can not be looked at any more
            self._patient = self._patient or Patient.of(event.run)
            return
        self._patient = Patient.of(event.run)
        self._examine(Examination(self._patient, trials=self.trials), ("before",))

    def epoch_ended(self, event: EpochEnded) -> Noticed | None:
        """Look at the network as it is, now and then; and tell what was found since the last epoch."""
        super().epoch_ended(event)
        if event.epoch & (event.epoch - 1) == 0:
            self._examine(self._examination(), ("during",))
        return Noticed(event.step, self._untold.pop(0)) if self._untold else None

    def ended(self, event: Ended) -> None:
        """Look at what has come of it."""
        if self._patient is None or self._run is None:
            return
        if event.reason == "diverged":
            self.record.error = DivergedError(f"the run diverged after step {event.step}", event.step + 1)
        examination = self._examination()
        if event.reason not in ("interrupted", "failed"):
            self._examine(examination, ("during", "after"))
        self.report = Report(ranked(self._found.values(), rules()), summary(examination))

    def _examination(self) -> Examination:
        assert self._patient is not None
        assert self._run is not None
        return Examination(self._patient, Course(self._run.net, self.record, self._run), trials=self.trials)

    def _examine(self, examination: Examination, phases: Iterable[str]) -> None:
        """Find what these phases find, and tell what is new and more than a note."""
        known = rules().values()
        new = [found for rule in known if rule.phase in phases and (found := looked(rule, examination)) is not None]
        self._found |= {finding.code: finding for finding in new}
        for finding in ranked(self._found.values(), rules()):
            if finding.severity != "note" and finding.code not in self._told:
                self._told.add(finding.code)
                self._untold.append(finding)
                if self.tell is not None:
                    self.tell(finding)
