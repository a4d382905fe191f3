"""The formulas of the registry as text and as MathML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from layerwise.errors import SettingError
from layerwise.formulas import registry
from layerwise.insight.explain.tex import mathml, plain

OWN = {name: entry for name, entry in registry.items() if entry.function.__module__.startswith("layerwise.")}


@pytest.mark.parametrize("name", OWN)
def test_every_formula_is_well_formed_and_whole(name):
    """No command of LaTeX is left, and every letter and number of it is there, in its order."""
    tex = OWN[name].tex
    tree = ElementTree.fromstring(mathml(tex))
    numbers = [each.text for each in tree.iter("mn")]
    bare = re.sub(r"\\[a-zA-Z]+\{[a-z]+\}", "", tex)
    assert sorted(numbers) == sorted(re.findall(r"\d+(?:\.\d+)?", bare))
    text = plain(tex)
    assert "\\" not in text
    assert not re.search(r"[{}&]", text.replace("{⌊", "").replace("1}", ""))


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"y = \max(0, x) + s \min(0, x)", "y = max(0, x) + s min(0, x)"),
        (r"x_{ij}^2", "x_ij²"),
        (r"\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}", "x if x > 0; 0 if x ≤ 0"),
        (r"\tilde C_t = \tanh(W)", "C̃_t = tanh(W)"),
    ],
)
def test_as_a_line_of_text(tex, text):
    assert plain(tex) == text


def test_an_unknown_command_is_named():
    with pytest.raises(SettingError, match=r"\\wobble"):
        mathml(r"\wobble x")
