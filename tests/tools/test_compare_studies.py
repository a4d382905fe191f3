"""The studies of `lw.compare`: planted leaks are found at once, and the page is what the record says."""

from __future__ import annotations

import json

import pytest
from tools.compare_studies.__main__ import PAGE, RECORD, section, study
from tools.compare_studies.truths import TRUTHS

LEAKS = [name for name, truth in TRUTHS.items() if not truth.full]


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found(name: str) -> None:
    assert study(TRUTHS[name], 3, 600.0)["right"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["linear", "small and noisy", "stepped", "noise"])
def test_the_verdict_is_right(name: str) -> None:
    assert study(TRUTHS[name], 4, 120.0)["right"]


def test_the_page_is_what_the_record_says() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8").endswith(section(record))
