"""A finding: what the doctor says of a run, as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from layerwise.errors import SettingError
from layerwise.insight.doctor.codes import CODES
from layerwise.wording import quantity

SEVERITIES = ("sick", "warning", "note")
"""Heaviest first. sick: the run can not do what it was set up for. warning: it does it worse than it could. note: worth
knowing, no disease."""
SURE = ("certain", "likely", "possible")
"""certain: an identity holds to the last digits. likely: the cure was tried and helped, or the numbers are those of
this cause and of few others. possible: one of several causes that look alike."""


@dataclass(frozen=True)
class Evidence:
    """A number, beside the one that it is held against.

    what: what was measured, in words. measured: the number. expected: the exact or expected one, None where there is
    none. of: what the expected number is, in words.
    """

    what: str
    measured: float
    expected: float | None = None
    of: str = ""

    @property
    def ratio(self) -> float | None:
        """measured / expected, of numbers above 0."""
        if self.expected is None or not self.expected > 0 or not 0 < self.measured < math.inf:
            return None
        return self.measured / self.expected

    def __str__(self) -> str:
        beside = "" if self.expected is None else f"; {self.of or 'expected'}: {quantity(self.expected)}"
        ratio = "" if self.ratio is None else f" (ratio {quantity(self.ratio)})"
        return f"{self.what} {quantity(self.measured)}{beside}{ratio}"


@dataclass(frozen=True)
class Cure:
    """One way to cure it. words: what to do. settings: the same as entries of an experiment's table, if it has them."""

    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Confirmation:
    """What a confirming experiment has found.

    experiment: what was done. measure: what was measured. before, after: without and with the change. confirmed:
    whether the numbers speak for the finding.
    """

    experiment: str
    measure: str
    before: float
    after: float
    confirmed: bool

    def __str__(self) -> str:
        verdict = "confirmed" if self.confirmed else "not confirmed"
        return f"{self.experiment}: {self.measure} {quantity(self.before)} -> {quantity(self.after)}; {verdict}"


@dataclass(frozen=True, eq=False)
class Finding:
    """One thing that the doctor has found.

    code: of `CODES`. severity: "sick", "warning" or "note". sentence: what is the matter, with its numbers.
    evidence: the numbers. suspect: the line of the learner's own setup that it points to. cures: equivalent ways out.
    sure: "certain", "likely" or "possible". follows_from: the code of the cause that explains it, if one was found.
    """

    code: str
    severity: str
    sentence: str
    evidence: Evidence
    suspect: str = ""
    cures: tuple[Cure, ...] = ()
    sure: str = "likely"
    follows_from: str = ""
    experiment: Callable[[], Confirmation] | None = None

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code
        assert self.severity in SEVERITIES, self.severity
        assert self.sure in SURE, self.sure

    @property
    def name(self) -> str:
        """The finding in a few words."""
        return CODES[self.code].name

    def confirm(self) -> Confirmation:
        """Run the confirming experiment on a copy, and say what came out. It may train for some seconds.

        Raises SettingError where there is none: the finding is read off the setup, or the run is not at hand any more.
        """
        if self.experiment is None:
            raise SettingError(f"{self.code} has no experiment to confirm it: {self.evidence}")
        return self.experiment()

    def as_table(self) -> dict[str, Any]:
        """The finding as plain data."""
        evidence = {
            "what": self.evidence.what,
            "measured": _finite(self.evidence.measured),
            "expected": _finite(self.evidence.expected),
            "of": self.evidence.of,
            "ratio": _finite(self.evidence.ratio),
        }
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "sure": self.sure,
            "sentence": self.sentence,
            "evidence": evidence,
            "suspect": self.suspect,
            "cures": [{"words": cure.words, "settings": dict(cure.settings)} for cure in self.cures],
            "follows_from": self.follows_from,
        }

    def __str__(self) -> str:
        return self.sentence


def _finite(value: float | None) -> float | str | None:
    """A number as JSON holds it: infinity and NaN as words."""
    if value is None:
        return None
    value = float(value)
    return value if value - value == 0 else str(value)
