"""What is printed: the page of the documentation, small and large arrays, and terminals without Unicode."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np

import layerwise as lw
from layerwise.insight.explain.notation import ascii_of

PAGE = Path(__file__).parents[3] / "docs" / "explain.md"


def test_the_page_shows_what_its_programs_print():
    pairs = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(pairs) >= 3
    space: dict = {}
    for program, printed in pairs:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(program, space)
        assert unnumbered(said.getvalue()) == unnumbered(printed)


def unnumbered(text):
    """Without the numbers of source lines, which move."""
    return re.sub(r"\.py:\d+", ".py:", text).rstrip()


def example(**settings):
    net = lw.Network(lw.Linear(20, 30), lw.ReLU(), lw.Linear(30, 3), seed=0)
    x = np.random.default_rng(0).normal(size=(2, 20))
    return lw.explain(net, x, np.array([0, 2]), loss=lw.CrossEntropyLoss(), **settings)


def test_no_line_is_wider_than_asked():
    for width in (60, 80, 120):
        text = example(optimizer=lw.Adam()).text(width=width)
        code = re.compile(r"^ *[\w/]+\.py:\d+ ")  # source lines are never broken
        assert max(len(line) for line in text.splitlines() if not code.match(line)) <= width


def test_what_is_not_printed_is_counted():
    text = " ".join(str(example()).split())
    assert "W (0.weight) (30, 20): the first 3 x 4 of 600 numbers" in text
    assert re.search(r"\[13 more terms: -?\d", text)


def test_digits_are_as_many_as_asked():
    made = example()
    assert f"C = {made.loss:.12g}" in made.text(digits=12)


def test_all_of_it_can_be_said_in_ascii():
    said = ascii_of(str(example(optimizer=lw.Adam())))
    assert "?" not in said
    assert "z = x W^T + b" in said
    assert "delta(0) = dC/dz(0)" in said
    assert "m <- beta1 m + (1 - beta1) g" in said
