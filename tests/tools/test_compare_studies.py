"""The studies of `lw.compare`: planted leaks are found at once, and the page is what the record says."""

from __future__ import annotations

import pytest
from tools.compare_studies.page import PAGE, recorded, section
from tools.compare_studies.study import study
from tools.compare_studies.truths import TRUTHS

LEAKS = [name for name, truth in TRUTHS.items() if not truth.full]
QUICK = ["linear", "small and noisy", "stepped", "noise", "flipped labels"]


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found(name: str) -> None:
    assert study(name, 53)["right"]


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_the_verdict_is_right(name: str) -> None:
    assert study(name, 54, 1)["right"]


def test_the_page_is_what_the_record_says() -> None:
    record = recorded()
    assert PAGE.read_text(encoding="utf-8").endswith(section(record))


def test_every_verdict_of_the_record_is_right() -> None:
    record = recorded()
    wrong = {name: [run["seed"] for run in runs if not run["right"]] for name, runs in record.items()}
    assert not any(wrong.values()), wrong
