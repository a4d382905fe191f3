"""docs/doctor.md is what the rules say."""

from __future__ import annotations

from tools.doctor_page import BEGIN, END, PAGE, kept, page

from layerwise.insight.doctor import CODES


def test_the_page_is_what_the_rules_say():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(kept(text)), "python -m tools.doctor_page --write"


def test_every_code_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"**`{code}`**" in text for code in CODES)


def test_what_the_exams_wrote_is_kept():
    assert kept(f"before {BEGIN} the exams {END} after") == " the exams "
    assert page(" the exams ").rstrip().endswith(f"{BEGIN} the exams {END}")
