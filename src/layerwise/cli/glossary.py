"""`layerwise glossary`: what the words mean."""

from __future__ import annotations

from layerwise.cli.output import look, say
from layerwise.course.glossary import term, terms
from layerwise.insight.explain.notation import ascii_of
from layerwise.report.glossary import term_lines


def glossary(name: str) -> int:
    """Print one term, or the names of all."""
    lines = list(term_lines(term(name), look())) if name else _all()
    text = "\n".join(lines)
    say(text if look().unicode else ascii_of(text))
    return 0


def _all() -> list[str]:
    names = ", ".join(terms())
    return [f"{len(terms())} terms:", "", *look().wrapped(names), "", "One of them: layerwise glossary TERM"]
