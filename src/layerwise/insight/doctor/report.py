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

    @property
    def _headline(self) -> str:
        """What is said first where nothing is more than a note."""
        count = len(self.findings)
        return f"Nothing more than {'a note' if count == 1 else f'{count} notes'}:" if count else HEALTHY

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
            yield self._headline
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
        """The report in plain HTML, in the colours of the page around it."""
        parts = [f"<p>{self._headline}</p>"] if self.ok else []
        parts += [_section(finding) for finding in self.findings]
        parts += [f"<p><small>{html.escape(self.examined)}</small></p>"] if self.examined else []
        return f'<div style="max-width: 46em">{"".join(parts)}</div>'


def _section(finding: Finding) -> str:
    """One finding in HTML."""
    told = [html.escape(finding.sentence)]
    if finding.follows_from:
        told.append(f"Follows from <code>{finding.follows_from}</code>.")
    else:
        told.append(f"Measured: {html.escape(str(finding.evidence))}.")
        told += [f"Look at: {html.escape(finding.suspect)}."] if finding.suspect else []
        told += [f"{'or' if place else 'Cure'}: {html.escape(str(cure))}" for place, cure in enumerate(finding.cures)]
    title = f"<b>{finding.severity}: {html.escape(finding.name)}</b> <code>{finding.code}</code>, {finding.sure}"
    return f"<p>{title}<br>{'<br>'.join(told)}</p>"


def _filled(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
