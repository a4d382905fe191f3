"""Checks and worked examples in a notebook."""

from __future__ import annotations

from layerwise.insight.explain import Example, Mirror, Weight
from layerwise.insight.explain.text import heading, operation_lines, summary
from layerwise.insight.gradient_report import GradientReport
from layerwise.report.notebook.form import html
from layerwise.report.notebook.fragment import card, folded, letters, paragraph, table, title

_OPERATIONS = 60
_LETTERS = 150_000
"""Of all lines of an example; the rest is on its page."""


@html.register
def gradient_report(report: GradientReport) -> str:
    """A row an array, a sentence for each that is wrong, and what was covered."""
    count = f"{len(report.wrong)} of {len(report.arrays)} arrays wrong" if report.wrong else "all right"
    rows = [(each.name, str(each.shape), f"{each.error:.1e}", each.verdict) for each in report.arrays]
    sentences = [f"{each.name} {each.mismatch.sentence}." for each in report.wrong if each.mismatch is not None]
    return card(
        title(f"Gradient check: {count}", f"tolerance {report.tolerance:.0e}"),
        table(("array", "shape", "error", "verdict"), rows, right={2}),
        *(paragraph(text, "wrong") for text in sentences),
        *(paragraph(text, "soft") for text in (report.coverage, *report.notes)),
    )


@html.register
def example(example: Example) -> str:
    """What is worked out, and every operation, opened one by one."""
    parts, room = [], _LETTERS
    for number, operation in enumerate(example.operations[:_OPERATIONS], start=1):
        lines = "\n".join(list(operation_lines(operation, number, 4, 100))[1:])
        room -= len(lines)
        if room < 0:
            break
        parts.append(folded("   ".join(heading(operation, number)), letters(lines)))
    more = len(example.operations) - len(parts)
    words = f"{more:,} more operations: example.text() or example.to_html() has them all."
    return card(
        title("Worked example", f"{len(example.operations):,} operations"),
        paragraph(f"{summary(example, 4)}."),
        *parts,
        *[paragraph(words, "soft")] * bool(more),
    )


@html.register
def mirror(mirror: Mirror) -> str:
    """One batch in both modes, as in a terminal."""
    return card(title("Training and evaluation, side by side"), letters(_cut(mirror.text(width=100))))


@html.register
def weight(weight: Weight) -> str:
    """One weight: its ways to the cost, as in a terminal."""
    return card(title(f"{weight.name}[{', '.join(map(str, weight.index))}]"), letters(_cut(weight.text())))


def _cut(text: str) -> str:
    if len(text) <= _LETTERS:
        return text
    return f"{text[:_LETTERS]}\n... and {len(text) - _LETTERS:,} more letters: print(...) shows all"
