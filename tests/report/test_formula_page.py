"""The formula sheet as a page."""

from __future__ import annotations

import re
from html import unescape

from layerwise.formulas import registry
from layerwise.insight.formula_sheet import entries
from layerwise.report.formula_page import formula_page


def test_every_formula_is_on_the_page_with_its_code_and_nothing_is_fetched() -> None:
    text = formula_page(entries())
    assert re.findall(r'<h3 id="(\w+)">', text) == list(registry)
    plain = unescape(re.sub(r"<[^>]+>", "", text))
    for entry in entries():
        assert entry.forward in plain
        assert entry.backward in plain
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", text)
    assert "<script" not in text


def test_what_acts_on_single_numbers_has_its_curve_and_slope() -> None:
    text = formula_page(entries(["tanh", "linear", "log"]))
    assert text.count("<polyline") == 4
    value, slope = re.findall(r'<polyline points="([^"]+)" class="(?:value|slope)"', text)[:2]
    middle = {float(point.split(",")[0]): float(point.split(",")[1]) for point in value.split()}[88.0]
    steepest = {float(point.split(",")[0]): float(point.split(",")[1]) for point in slope.split()}[88.0]
    assert (middle, steepest) == (60.0, 40.0), "tanh is 0 at 0, and its slope there is 1, a unit of 20 pixels higher"
