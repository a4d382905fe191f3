"""`layerwise doctor`: what is wrong with a run, with its numbers, its causes and its cures."""

from __future__ import annotations

from layerwise.cli.codes import FINE, SICK
from layerwise.cli.output import announced, look, say
from layerwise.errors import SettingError
from layerwise.insight.doctor import Finding
from layerwise.runs.examining import examination_of
from layerwise.training.changes import Changes
from layerwise.wording import printable


def doctor(what: str, target: str | None, changes: Changes, *, json: bool, confirm: bool, progress: bool) -> int:
    """Train a copy, print the report, and return the exit code: whether something above a note was found."""
    if json and confirm:
        raise SettingError("--json prints the report as data, and --confirm prints experiments: choose one")
    with announced(f"training a copy of {what}, and examining it", progress and not json):
        report = examination_of(what, target, changes)
    if json:
        say(report.to_json())
    else:
        say(*(printable(line, 1000) for line in report.text(look().width).strip("\n").splitlines()))
    if confirm:
        for finding in report.findings:
            if finding.severity != "note":
                say("", *_confirmed(finding))
    return FINE if report.ok else SICK


def _confirmed(finding: Finding) -> list[str]:
    """What the confirming experiment says."""
    if finding.experiment is None:
        return look().wrapped(f"{finding.code}: read off the setup, there is nothing to try", "  ")
    return look().wrapped(f"{finding.code}: {finding.confirm()}", "  ")
