"""One number with the numbers set in: what is written can be read back, and gives the number."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.formulas import Line
from layerwise.insight.explain.element import element_of, written

A = np.array([[1.0, -2.0], [3.0, 4.0]])
SCOPE = {"a": A, "b": np.array([-5.0, 6.0]), "k": 2.0, "on": True}


def element(code, *index, **others):
    scope = SCOPE | others
    name = code.split()[0]
    made = dict(scope)
    exec(code, {"np": np}, made)
    return element_of(Line(1, code, "forward", {name: made[name]}), name, index, scope)


@pytest.mark.parametrize(
    ("code", "index", "text"),
    [
        ("z = a @ a.T + b", (0, 1), "1 · 3 + (-2) · 4 + 6"),
        ("z = a - (b - k)", (0, 0), "1 - ((-5) - 2)"),
        ("z = a * (1 - a * a)", (1, 0), "3 · (1 - 3 · 3)"),
        ("z = a / (k * b)", (1, 1), "4 / (2 · 6)"),
        ("z = -b", (0,), "-(-5)"),
        ("z = (a * a).sum(axis=0)", (1,), "(-2) · (-2) + 4 · 4"),
        ("z = a.mean(axis=1, keepdims=True)", (1, 0), "(3 + 4) / 2"),
        ("z = np.maximum(a, 0)", (0, 1), "maximum(-2, 0)"),
        ("z = np.where(a > 0, a, k * a)", (0, 1), "2 · (-2)"),
        ("z = a @ b[:, None] if on else None", (0, 0), "1 · (-5) + (-2) · 6"),
        ("z = k**2 / 3", (), "2 ^ 2 / 3"),
    ],
)
def test_it_is_written_as_people_write_it(code, index, text):
    found = element(code, *index)
    assert written(found.term) == text
    assert eval(text.replace("·", "*").replace("^", "**").replace("maximum", "max")) == pytest.approx(found.value)


def test_what_a_line_does_beside_arithmetic_is_not_written_out():
    assert element_of(Line(1, "z = a.wobble()", "forward", {"z": A}), "z", (0, 0), SCOPE) is None
    assert element_of(Line(1, "z = f(a)", "forward", {"z": A}), "z", (0, 0), SCOPE) is None
    assert element_of(Line(1, "z, y = a, a", "forward", {"z": A}), "z", (0, 0), SCOPE) is None


def test_a_name_that_was_changed_behind_the_lines_is_not_written_out():
    """dx = sums, where np.add.at has filled sums in between: its zeros would be a lie."""
    assert element_of(Line(1, "z = a", "forward", {"z": A + 1}), "z", (0, 0), SCOPE) is None


def test_of_a_long_sum_the_middle_is_counted_and_added_up():
    x = np.arange(20.0)
    text = element("z = x.sum()", x=x).text()
    assert text == "z = 0 + 1 + 2 + 3 + 4 + 5 + [13 more terms: 156] + 19 = 190"


def test_a_line_that_changes_some_places_by_a_number():
    example = lw.explain(lw.Network(lw.Linear(1, 2)), np.ones((1, 1)), np.array([1]), loss=lw.CrossEntropyLoss())
    back = next(each for each in example.operations if each.phase == "backward")
    line = next(line for line in back.lines if line.text == "p[rows, y] -= 1")
    assert back.element("p", 0, 0, line=line) is None
    assert back.element("p", 0, 1, line=line).term.sign == "-"
