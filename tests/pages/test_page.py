"""A page is whole, alone, readable in both schemes, and printed on paper."""

from __future__ import annotations

import re

from tests.support.html import Read

from layerwise.pages import Chapter, element, icon, page, style_sheet, table
from layerwise.pages.page import colours
from layerwise.palette import DARK, LIGHT


def test_a_page_is_whole_and_alone() -> None:
    text = page("A < B", element("h1", "A < B"), chapters=[Chapter("one", "The first", element("p", "It."), "First")])
    read = Read(text)
    read.require_alone()
    assert read.texts["title"] == ["A < B"]
    assert read.texts["h2"] == ["The first"]
    assert read.texts["a"] == ["First"]
    policy = next(each for each in read.attributes["meta"] if "http-equiv" in each)
    assert policy["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert text.startswith("<!doctype html>")
    assert len(text) < 12_000


def test_a_page_without_chapters_has_no_contents() -> None:
    assert "nav" not in Read(page("x", element("p", "y"))).texts


def test_both_schemes_have_every_colour_and_paper_is_light() -> None:
    sheet = colours()
    light, dark = sheet.split("@media screen and (prefers-color-scheme: dark)")
    for name, value in LIGHT.tokens().items():
        assert f"{name}: {value};" in light
    for name, value in DARK.tokens().items():
        assert f"{name}: {value};" in dark


def test_style_sheets_use_names_and_no_colours() -> None:
    """A colour stands in the palette, and nowhere else; black on white is for paper."""
    sheets = [style_sheet("page.css"), style_sheet("tokens.css"), style_sheet("report.css", "layerwise.report.page"),
              style_sheet("page.css", "layerwise.insight.explain")]  # fmt: skip
    known = {f"--{name}" for name in re.findall(r"--([\w-]+):", colours() + style_sheet("tokens.css"))}
    for sheet in sheets:
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", sheet)) <= {"#fff"}
        assert {f"--{name}" for name in re.findall(r"var\(--([\w-]+)\)", sheet)} <= known


def test_a_table_marks_its_figures() -> None:
    read = Read(table([["tree", "0.9"]], head=["model", "score"], figures=[1]))
    assert read.texts["td"] == ["tree", "0.9"]
    assert [each.get("class") for each in read.attributes["td"]] == [None, "figure"]
    assert [each.get("scope") for each in read.attributes["th"]] == ["col", "col"]


def test_icons_are_no_words_for_a_screen_reader() -> None:
    for name in ("note", "warning", "sick", "check"):
        assert Read(icon(name)).attributes["svg"][0]["aria-hidden"] == "true"
