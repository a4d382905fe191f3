"""What somebody has noticed in a run: each finding with its sign, its numbers, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.pages import Markup, element, icon
from layerwise.report.page.account import Finding

_SEVERITIES = {"note": "Note", "warning": "Warning", "sick": "Sick"}


def findings(found: Sequence[Finding]) -> Markup:
    """All of them, in the order given."""
    return element("ul", *map(_finding, found), class_="findings")


def _finding(found: Finding) -> Markup:
    severity = found.severity if found.severity in _SEVERITIES else "note"
    told = [
        element("p", element("b", f"{_SEVERITIES[severity]}: "), found.sentence),
        element("p", str(found.evidence), class_="small") if found.evidence else None,
        *_cures(found.cures),
    ]
    return element("li", icon(severity), element("div", *told), class_=severity)


def _cures(cures: Sequence[object]) -> list[Markup]:
    """One in a sentence, several as a list: each of them helps by itself."""
    if not cures:
        return []
    if len(cures) == 1:
        return [element("p", f"What helps: {cures[0]}", class_="small")]
    items = element("ul", *(element("li", str(each)) for each in cures), class_="cures small")
    return [element("p", "What helps, each by itself:", class_="small"), items]
