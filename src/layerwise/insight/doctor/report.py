"""The doctor's report: findings, printed, as data, and for a notebook."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from layerwise.insight.doctor.finding import Finding

HEALTHY = "The doctor finds nothing wrong."


@dataclass(frozen=True, eq=False)
class Report:
    """findings: the weightiest first, two at the most above "note". examined: what was looked at, in a sentence."""

    findings: tuple[Finding, ...]
    examined: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing above a note was found."""
        return all(finding.severity == "note" for finding in self.findings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all findings, in their order."""
        return tuple(finding.code for finding in self.findings)

    def as_table(self) -> dict[str, Any]:
        """The report as plain data."""
        return {"ok": self.ok, "examined": self.examined, "findings": [each.as_table() for each in self.findings]}

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.as_table(), indent=1, ensure_ascii=False, allow_nan=False)

    def text(self, width: int = 80) -> str:
        """The report in lines of this width."""
        return "\n".join(self._lines(width))

    def _lines(self, width: int) -> Iterator[str]:
        if self.ok:
            yield HEALTHY
        for finding in self.findings:
            yield ""
            yield f"{finding.severity}: {finding.name} ({finding.code}, {finding.sure})"
            yield from _filled(finding.sentence, width)
            if finding.follows_from:
                yield from _filled(f"follows from: {finding.follows_from}", width)
                continue
            yield from _filled(f"measured: {finding.evidence}", width)
            if finding.suspect:
                yield from _filled(f"look at: {finding.suspect}", width)
            for number, cure in enumerate(finding.cures):
                yield from _filled(f"{'or' if number else 'cure'}: {cure}", width)
        if self.examined:
            yield ""
            yield from textwrap.wrap(self.examined, width)

    def __str__(self) -> str:
        return self.text().strip("\n")

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<dt><b>{html.escape(each.severity)}</b> {html.escape(each.name)} <code>{each.code}</code></dt>"
            f"<dd>{html.escape(each.sentence)}<br>{html.escape(str(each.evidence))}"
            + "".join(f"<br>→ {html.escape(str(cure))}" for cure in each.cures)
            + "</dd>"
            for each in self.findings
        )
        return f"<div><p>{html.escape(HEALTHY if self.ok else '')}</p><dl>{rows}</dl></div>"


def _filled(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
