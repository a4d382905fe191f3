"""The bug zoo in words: nothing tells the disease before it is asked for, and the lines are those of the code."""

from __future__ import annotations

import re

import pytest

from layerwise.insight.doctor.zoo import CASES, find
from layerwise.insight.doctor.zoo.specimen import Course
from layerwise.report.look import Look
from layerwise.report.zoo import cure_lines, list_lines, sick_lines

SICK, CURED = Course((2.0, 2.0)), Course((2.0, 0.1), skill=0.9)


def test_the_list_shows_every_case_and_no_name():
    text = "\n".join(list_lines(CASES, Look(width=200)))
    for number, case in enumerate(CASES, start=1):
        assert f" {number}  {case.sees}" in text
        assert case.name not in text
    named = "\n".join(list_lines(CASES, Look(width=300), named=True))
    assert all(case.name in named for case in CASES)


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit(width):
    assert max(map(len, list_lines(CASES, Look(width=width)))) <= width


def test_a_case_is_shown_without_its_name_and_then_with_its_lines():
    case = find("a softmax over one unit")
    before = "\n".join(sick_lines(3, case, case.build(1), SICK))
    assert case.name not in before
    assert case.cause not in before
    assert "It ends at 2." in before
    after = "\n".join(cure_lines(case, SICK, CURED))
    for words in (
        case.name,
        case.cause,
        "lw.Linear(units, 1), lw.Softmax()",
        "lw.Linear(units, 1), lw.Sigmoid()",
        "- net =",
        "+ net =",
        "skill 0.90, sick 0.00",
    ):
        assert words in after


def test_a_formula_of_ours_is_named_by_its_place():
    case = find("queries for keys")
    assert re.search(r"formulas/attention\.py:\d+", "\n".join(cure_lines(case, SICK, CURED)))


def test_a_divergence_is_told():
    case = find("uphill")
    lines = sick_lines(1, case, case.build(1), Course((3.0, 400.0), diverged=True))
    assert any("left the range of the numbers" in line for line in lines)
