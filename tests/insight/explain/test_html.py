"""The page: whole, self-contained, and with the numbers of the text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import layerwise as lw

VOID = {"meta", "br"}


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def example():
    net = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 2), dtype="float64")
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    return lw.explain(net, x, np.array([0, 1]), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam())


def test_the_page_is_whole_and_needs_nothing_else(example):
    page = example.to_html(weight=example.weight("0.weight", 2, 1))
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert {"math", "mfrac", "table", "msqrt"} <= parser.seen
    assert "script" not in parser.seen
    assert not re.search(r"https?:|url\(|@import", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "The weight 0.weight[2, 1]" in page


def test_the_numbers_are_those_of_the_text(example):
    def numbers(text):
        return {float(each.replace("−", "-")) for each in re.findall(r"[−-]?\d+\.\d+", text)}

    page = re.sub(r"<(?!/?mo)[^>]*>|</?mo>", " ", example.to_html()).replace("−  ", "−")
    values = {round(abs(value), 3) for value in numbers(str(example))}
    missing = values - {round(abs(value), 3) for value in numbers(page)}
    assert len(missing) <= 0.02 * len(values)


def test_names_are_escaped(example):
    from layerwise.insight.explain import Words

    net = lw.Network(lw.Linear(1, 1))
    words = Words(title="<b>a & b</b>")
    page = lw.explain(net, np.ones((1, 1)), np.ones((1, 1)), loss=lw.MSELoss(), words=words).to_html()
    assert "<b>" not in page
    assert "&lt;b&gt;a &amp; b" in page
