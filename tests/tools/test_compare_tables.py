"""The comparison on public tables: every one is read, one is compared, and the page is what the record says."""

from __future__ import annotations

import importlib.util

import pytest
from tools.compare_tables.__main__ import answered, questions
from tools.compare_tables.page import PAGE, recorded, section

QUESTIONS = list(questions())


def test_tables_have_names_of_their_own() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS) == 28


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_table_is_read(question: object) -> None:
    if question.asked and importlib.util.find_spec(question.package) is None:
        pytest.skip(f"{question.package} is not installed")
    problem = question.problem()
    assert len(problem) >= 20
    assert (problem.groups is not None) == ("group" in question.asked)
    assert (problem.time is not None) == ("time" in question.asked)


def test_a_table_is_compared() -> None:
    (iris,) = (question for question in QUESTIONS if question.file == "iris")
    row = answered(iris, iris.problem(), models=["linear", "network"], configurations=1, seeds=1, folds=2)
    assert row["rows"] == 150
    assert row["scores"]["linear"] > 0.9 < row["scores"]["network"]
    assert "| scikit-learn: iris | 150 | 4 | - |" in section([row])


def test_the_page_is_what_the_record_says() -> None:
    record = recorded()
    assert {row["table"] for row in record} <= {question.name for question in QUESTIONS}
    assert not any(row["failed"] for row in record)
    assert f"{section(record)}\n## " in PAGE.read_text(encoding="utf-8")
