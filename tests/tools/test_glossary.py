"""docs/glossary.md is what the terms say."""

from __future__ import annotations

from tools.glossary import PAGE, written


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run python -m tools.glossary"
