"""The gradient check's exam: seeded faults whose cause it has to name, and right layers that it has to let pass."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from tests.insight.faults import FAULTS, Fault, seeded
from tests.layers.table import CASES

import layerwise as lw

DOCUMENT = Path(__file__).parents[2] / "docs" / "gradcheck.md"


def answer(fault: Fault) -> str:
    report = lw.gradcheck(fault.subject(), *fault.arguments)
    wrong = {each.name: each.mismatch.kind for each in report.wrong}
    return wrong.get(fault.array, "not found")


def exam() -> list[tuple[Fault, str]]:
    answers = []
    for fault in FAULTS:
        with pytest.MonkeyPatch.context() as patch:
            seeded(fault, patch)
            answers.append((fault, answer(fault)))
    return answers


def table(answers: list[tuple[Fault, str]]) -> str:
    lines = ["| formula | written | instead of | array | cause named | |", "|---|---|---|---|---|---|"]
    for fault, said in answers:
        right = "right" if said in fault.causes else "missed"
        new = f"`{fault.new}`" if fault.new else "nothing"
        lines.append(f"| `{fault.formula}` | {new} | `{fault.old}` | {fault.array} | {said} | {right} |")
    return "\n".join(lines)


@pytest.mark.slow
def test_the_right_cause_is_named(formulas_alone):
    answers = exam()
    assert len(answers) >= 40
    assert all(said != "not found" for _, said in answers), "every fault is seen, whatever it is called"
    missed = [(fault.formula, fault.new, said) for fault, said in answers if said not in fault.causes]
    assert len(missed) <= len(answers) / 10, missed
    assert table(answers) in DOCUMENT.read_text(encoding="utf-8"), "the table is old: python -m tests.insight.test_exam"


@pytest.mark.slow
def test_right_layers_raise_no_alarm(formulas_alone):
    cases = [(row, shape) for row, shape in CASES if row.label != "Dropout-all"]
    cases = [case for number, case in enumerate(cases) if number % 2 == 0]
    assert len(cases) >= 200
    alarms = []
    for row, shape in cases:
        x = row.x(shape)
        if not lw.gradcheck(row.make(), x).ok:
            alarms.append((row.label, shape))
    assert not alarms


def test_the_example_prints_what_it_shows():
    class Checker(doctest.OutputChecker):
        """Errors are of rounding, and differ from machine to machine."""

        def check_output(self, want, got, flags):
            return super().check_output(*(re.sub(r"\de-\d\d", "", each) for each in (want, got)), flags)

    text = re.sub(r"(?m)^```.*$", "", DOCUMENT.read_text(encoding="utf-8"))
    example = doctest.DocTestParser().get_doctest(text, {}, "docs/gradcheck.md", str(DOCUMENT), 0)
    assert doctest.DocTestRunner(Checker()).run(example).failed == 0


if __name__ == "__main__":
    lw.use_compiled(False)
    answers = exam()
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = "<!-- exam -->\n", "\n<!-- end -->"
    before, _, rest = text.partition(begin)
    after = rest[rest.index(end) :]
    DOCUMENT.write_text(before + begin + table(answers) + after, encoding="utf-8")
