"""The glossary as lines for a terminal, and as the page docs/glossary.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from layerwise.course.glossary import Term
from layerwise.insight.explain.tex import plain
from layerwise.report.look import Look

NOTEBOOK = "../notebooks/04_neural_networks.ipynb"


def term_lines(term: Term, look: Look) -> Iterator[str]:
    """One term whole.

    >>> from layerwise.course.glossary import term
    >>> for line in term_lines(term("bias"), Look(width=70)):
    ...     print(line)
    bias
    The number that a unit adds to its weighted sum: it moves the place
    where the unit switches, as the weights turn it.
    <BLANKLINE>
      z = x Wᵀ + b
    <BLANKLINE>
    Beware: Without it every unit's boundary goes through the origin. (A
    biased estimate or a biased data set is another word.)
    In the notebook: 2. Components
    See also: weight, neuron
    """
    other = f" ({', '.join(term.also)})" if term.also else ""
    yield from look.wrapped(other.strip(), "  ", f"{look.bold(term.name)} ") if other else [look.bold(term.name)]
    yield from look.wrapped(term.meaning)
    if term.tex:
        yield ""
        yield from look.wrapped(plain(term.tex), "    ", "  ")
    if term.code:
        yield ""
        yield from (f"  {line}" for line in term.code.splitlines())
    yield ""
    yield from look.wrapped(f"Beware: {term.beware}")
    if term.section:
        yield from look.wrapped(f"In the notebook: {term.section}")
    if term.see:
        yield from look.wrapped(f"See also: {', '.join(term.see)}")


def page(terms: Iterable[Term]) -> Iterator[str]:
    """The lines of docs/glossary.md."""
    yield "# Glossary"
    yield ""
    yield "What the words mean, and what to beware of. `layerwise glossary TERM` shows one in the terminal."
    yield "This page is written by `python -m tools.glossary`; every snippet in it is run by the tests."
    for term in terms:
        yield ""
        yield f"## {term.name}"
        yield ""
        if term.also:
            yield f"*Also: {', '.join(term.also)}.*"
            yield ""
        yield term.meaning
        if term.tex:
            yield ""
            yield f"$${term.tex}$$"
        if term.code:
            yield ""
            yield f"```python\n{term.code}\n```"
        yield ""
        yield f"**Beware:** {term.beware}"
        if links := " · ".join(_links(term)):
            yield ""
            yield links


def _links(term: Term) -> Iterator[str]:
    if term.section:
        yield f"Taught in [{term.section}]({NOTEBOOK}#{term.section.replace(' ', '-')})"
    if term.see:
        yield f"See {', '.join(f'[{each}](#{anchor(each)})' for each in term.see)}"


def anchor(heading: str) -> str:
    """What a heading of a Markdown page is linked by.

    >>> anchor("KL divergence")
    'kl-divergence'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
