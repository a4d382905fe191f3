"""The formula sheet fits the terminal, and leaves nothing out."""

from __future__ import annotations

import pytest

from layerwise.insight.formula_sheet import entries
from layerwise.report.formula_sheet import entry_lines, index_lines, shapes_in_words
from layerwise.report.look import Look


@pytest.mark.parametrize("width", [40, 80])
def test_the_list_fits_and_names_every_formula(width: int) -> None:
    sheet = entries()
    lines = list(index_lines(sheet, Look(width=width)))
    assert max(map(len, lines)) <= width
    first_words = [line.split()[0] for line in lines if line.strip()]
    assert {entry.name for entry in sheet} <= set(first_words)


def test_an_entry_shows_its_code_as_it_stands() -> None:
    for entry in entries(["linear", "lstm_step", "conv2d"]):
        said = "\n".join(line.strip() for line in entry_lines(entry, Look()))
        for line in (entry.forward + "\n" + entry.backward).splitlines():
            assert line.strip() in said


def test_shapes_stand_with_what_has_a_gradient() -> None:
    [dropout] = entries(["dropout"])
    assert shapes_in_words(dropout) == "x (...), mask (...), p (), y (...); gradients at x"
