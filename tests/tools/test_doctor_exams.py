"""The doctor's exams: what counts as a case, how answers are marked, and that the page is what its record says."""

from __future__ import annotations

import pytest
from tools.doctor_exams.__main__ import recorded
from tools.doctor_exams.exams import EXAMS, cases, written
from tools.doctor_exams.healthy import is_as_stated
from tools.doctor_exams.page import placed, section
from tools.doctor_exams.paper import Paper
from tools.doctor_page import BEGIN, END, PAGE

from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.zoo import cure_helps


def paper(said: list[str], state: str = "sick", case: str = "SO 31556268", counts: bool = True) -> Paper:
    return Paper(case, 0, state, said, [], 0.5, counts)


def test_an_answer_is_right_first_or_second():
    answers = frozenset({"leak", "echo"})
    assert paper(["dead-units", "echo"]).right(answers)
    assert not paper(["dead-units", "plateau", "leak"]).right(answers)
    assert not paper([]).right(answers)


def test_the_public_cases_and_the_zoo_name_codes_that_there_are():
    for exam in ("A", "B"):
        assert len(cases(exam)) >= 25
        for case in cases(exam).values():
            assert case.answers <= set(CODES)
            assert case.cause in case.answers


def test_sixty_runs_are_healthy_or_hopeless_in_all_families():
    runs = list(cases("C").values())
    assert len(runs) == 60
    assert {run.family for run in runs} == {"dense", "convolutional", "recurrent", "attention"}
    assert 5 <= sum(run.hopeless for run in runs) <= 10


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in cases("A") if "MNIST" not in cases("A")[name].setting])
def test_a_public_case_is_sick_and_its_cure_helps(name):
    """With one of three seeds at least: with others it may not count, and the exam then leaves it out."""
    case = cases("A")[name]
    assert any(cure_helps(case.build(seed).train(), case.build(seed, sick=False).train()) for seed in (1, 2, 3))


def test_a_healthy_run_is_healthy_and_a_hopeless_one_is_hopeless():
    for name in ("iris, 4-16-3, Adam", "noise of ten columns"):
        run = cases("C")[name]
        assert is_as_stated(run, run.build(1))[0]


def test_papers_of_a_sick_run_and_of_its_cured_twin():
    sick, cured = written("A", "SO 43636736", 1)
    assert (sick.state, cured.state) == ("sick", "cured")
    assert sick.counts
    assert cured.counts
    assert sick.skill < cured.skill


def test_what_does_not_count_is_in_no_share():
    papers = [paper(["rate-too-low"]), paper([], "cured"), paper([], counts=False), paper([], "cured", counts=False)]
    text = section("A", 0, papers)
    assert "1 of 1 (100%) of the sick runs" in text
    assert "1 of 2 pairs do not count" in text


def test_sections_are_placed_anew_between_the_marks_and_all_else_stays():
    record = {exam: {"seed": 0, "papers": []} for exam in ("C", "A")}
    page = placed(f"# The doctor\n{BEGIN}old{END}\nWords.\n", record)
    assert page.startswith(f"# The doctor\n{BEGIN}\n")
    assert page.endswith(f"{END}\nWords.\n")
    assert "old" not in page
    assert 0 < page.index("Exam A") < page.index("Exam C")
    assert placed(page, record) == page


def test_the_page_is_what_its_record_says():
    record, text = recorded(), PAGE.read_text(encoding="utf-8")
    assert placed(text, record) == text
    assert set(record) <= set(EXAMS)
    for exam in record:
        assert {each["case"] for each in record[exam]["papers"]} == set(cases(exam))
