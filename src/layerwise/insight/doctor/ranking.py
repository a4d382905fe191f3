"""Which findings are told, and in which order: causes before signs, and never more than two above a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from layerwise.insight.doctor.codes import CODES, weight
from layerwise.insight.doctor.finding import SEVERITIES, SURE, Finding
from layerwise.insight.doctor.rule import Rule

_TRIED = {"rate-too-high", "rate-too-low", "vanishing", "exploding", "underfitting"}
"""What a trial shows of a run whose setup is broken says little: another rate helps over much."""
_HARMLESS = {"metric-wrong", "leak", "split-scaled-differently"}
"""What leaves the training as it is."""
_IMPLIED = {"underfitting"}
"""What is not told at all where it follows from a cause: that says it already."""
MOST = 2
"""So many findings above a note: a learner who is told of five diseases cures none."""


def ranked(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    """The findings, the weightiest first.

    1. What follows from a cause that was found, and is more than possible, is a note, and says from which.
       Underfitting is then not told at all.
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
    told = [each for each in told if not (each.code in _IMPLIED and each.follows_from)]
    told.sort(key=_place)
    return tuple(replace(each, severity="note") if place >= MOST else each for place, each in enumerate(told))


def _explained(cause: Finding, rules: Mapping[str, Rule]) -> set[str]:
    """What follows from a cause: what its rule names, and from a certain one that spoils the training all signs."""
    named = set(rules[cause.code].explains) if cause.code in rules else set()
    spoils = CODES[cause.code].kind in ("structure", "mathematics", "data") and cause.code not in _HARMLESS
    if cause.sure == "certain" and spoils:
        named |= {code for code, what in CODES.items() if what.kind == "sign"} | _TRIED
    if CODES[cause.code].kind != "sign" and cause.code not in _HARMLESS | {"overfitting", "imbalance", "echo"}:
        named |= {"plateau", "saddle"}
    return named - {cause.code}


def _place(finding: Finding) -> tuple[int, int, int]:
    return SEVERITIES.index(finding.severity), SURE.index(finding.sure), weight(finding.code)
