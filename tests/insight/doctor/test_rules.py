"""Every rule finds the sick run of its sample, and stays silent on the healthy one."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import layerwise as lw
from layerwise.insight.doctor import CODES, Finding, Patient, rules
from layerwise.insight.doctor.course import train
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.rule import PHASES

RULES = sorted(rules())


def sample(code: str) -> Any:
    return importlib.import_module(f"tests.insight.doctor.samples.{code.replace('-', '_')}")


def found(code: str, run: dict[str, Any]) -> Finding | None:
    """What one rule says of a run, each in its phase."""
    rule, patient = rules()[code], Patient(**run)
    examination = Examination(patient)
    if examination.refusal is not None:
        return rule.find(examination) if rule.of_refusals else None
    if rule.phase != "before":
        examination = Examination(patient, train(patient), examination)
    return rule.find(examination)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_finds_its_sick_run(code):
    finding = found(code, sample(code).sick())
    assert finding is not None
    assert finding.code == code
    assert finding.sentence[0].isupper() or finding.sentence[0].isdigit()
    assert finding.sentence.rstrip()[-1] in ".!?", finding.sentence
    assert finding.cures
    assert finding.suspect


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_silent_on_its_healthy_run(code):
    assert found(code, sample(code).healthy()) is None


@pytest.mark.slow
@pytest.mark.parametrize("code", RULES)
def test_the_report_names_the_disease_first_or_second(code):
    run = sample(code).sick()
    report = lw.doctor(run.pop("net"), run.pop("train"), **run)
    causes = {finding.follows_from for finding in report.findings if finding.code == code}
    assert code in report.codes[:2] or (CODES[code].kind == "sign" and causes & set(report.codes[:2])), str(report)
    assert sum(finding.severity != "note" for finding in report.findings) <= 2


@pytest.mark.slow
@pytest.mark.parametrize("code", RULES)
def test_the_report_on_a_healthy_run_has_nothing_above_a_note(code):
    run = sample(code).healthy()
    report = lw.doctor(run.pop("net"), run.pop("train"), **run)
    assert report.ok, str(report)


def test_every_code_has_a_rule_and_every_rule_its_reasons():
    assert set(rules()) == set(CODES)
    for rule in rules().values():
        assert rule.phase in PHASES
        for words in (rule.looks_at, rule.threshold, rule.reason):
            assert len(words) > 8, rule.code
