"""Which findings are told, and in which order: causes before signs, and never more than two above a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from layerwise.insight.doctor.codes import weight
from layerwise.insight.doctor.finding import SEVERITIES, SURE, Finding
from layerwise.insight.doctor.rule import Rule

MOST = 2
"""So many findings above a note: a learner who is told of five diseases cures none."""


def ranked(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    """The findings, the weightiest first.

    1. What follows from a cause that was found, and is more than possible, is a note, and says from which.
    2. Heavier severities come first, then what is surer, then causes before signs, in the order of `CODES`.
    3. Above a note are two at the most; what comes after them is told as a note.
    """
    findings = sorted(findings, key=_place)
    causes: dict[str, str] = {}
    for cause in findings:  # the heaviest first, so that of two that explain each other the heavier one stays
        if cause.severity != "note" and cause.sure != "possible" and cause.code not in causes:
            for code in _explained(cause, rules):
                causes.setdefault(code, cause.code)
    told = [
        replace(each, severity="note", follows_from=causes[each.code]) if each.code in causes else each
        for each in findings
    ]
    told.sort(key=_place)
    return tuple(replace(each, severity="note") if place >= MOST else each for place, each in enumerate(told))


def _explained(cause: Finding, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    return rules[cause.code].explains if cause.code in rules else ()


def _place(finding: Finding) -> tuple[int, int, int]:
    return SEVERITIES.index(finding.severity), SURE.index(finding.sure), weight(finding.code)
