"""The bug zoo: what is shown of a case is what makes it sick, and every case is sick, and its cure helps."""

from __future__ import annotations

import inspect
import textwrap

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.zoo import CASES, FAMILIES, cure_helps, find
from layerwise.insight.doctor.zoo.mutation import mutated

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


def test_there_are_enough_of_every_family():
    assert len(CASES) >= 36
    assert len({case.name for case in CASES}) == len(CASES)
    counts = [sum(case.family == family for case in CASES) for family in FAMILIES]
    assert min(counts) >= 6, counts


@EACH
def test_the_lines_that_are_shown_are_those_of_the_code(case):
    """`mutated` refuses a text that does not stand in the source once."""
    place = case.part or case.program
    mutant = mutated(place, case.cured, case.sick)
    after = inspect.getsource(mutant).splitlines()
    lines = after, textwrap.dedent(inspect.getsource(place)).splitlines()[-len(after) :]  # behind the decorators
    assert sum(sick != healthy for sick, healthy in zip(*lines, strict=True)) == 1
    sick, cured = case.lines
    assert (sick, cured) in zip(*(map(str.strip, each) for each in lines), strict=True)
    assert "\n" not in case.cured + case.sick


@EACH
def test_its_words_and_codes_are_whole(case):
    assert case.answers <= set(CODES)
    assert case.sees.endswith(".")
    assert case.cure.endswith(".")
    assert case.cause.replace("-", " ") not in case.sees.lower(), "what is seen does not tell what it is"


@EACH
def test_the_seed_draws_the_specimen_and_sick_and_cured_are_drawn_alike(case):
    sick, again, cured = case.build(3), case.build(3), case.build(3, sick=False)
    assert repr(sick.patient.net) == repr(again.patient.net)
    assert np.array_equal(sick.patient.net.theta, again.patient.net.theta)
    assert sick.test[1].shape == cured.test[1].shape


def test_another_seed_is_another_specimen():
    case = find("a stale gradient")
    assert len({repr(case.build(seed).patient.net) for seed in range(5)}) > 1


@pytest.mark.slow
@EACH
def test_it_is_sick_and_its_cure_helps(case):
    """In the first draw, or else in both of the next two: a draw may be a mild one."""

    def helps(seed):
        return cure_helps(case.build(seed).train(), case.build(seed, sick=False).train())

    assert helps(1) or (helps(2) and helps(3))


def test_a_case_is_found_by_name_and_by_number():
    assert find("1") is CASES[0]
    assert find(CASES[4].name.upper()) is CASES[4]
    with pytest.raises(lw.errors.SettingError, match="none called 'a softmax over one unti'"):
        find("a softmax over one unti")
    with pytest.raises(lw.errors.SettingError):
        find("0")
