"""The glossary in the terminal and as a page."""

from __future__ import annotations

import re

import pytest

from layerwise.course.glossary import terms
from layerwise.report.glossary import anchor, page, term_lines
from layerwise.report.look import Look


@pytest.mark.parametrize("width", [40, 80])
def test_every_term_fits_the_terminal(width: int) -> None:
    for entry in terms().values():
        code = {f"  {line}" for line in entry.code.splitlines()}  # is never broken
        lines = [line for line in term_lines(entry, Look(width=width)) if line not in code]
        assert max(map(len, lines)) <= width, entry.name


def test_all_links_of_the_page_lead_to_a_heading_of_it() -> None:
    text = "\n".join(page(terms().values()))
    headings = {anchor(each) for each in re.findall(r"^## (.+)$", text, re.M)}
    assert len(headings) == len(terms())
    assert set(re.findall(r"\(#([^)]+)\)", text)) <= headings
