"""Checks of settings: what passes, in which type, and the sentence for what does not."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise import checks
from layerwise.errors import KindError, SettingError


@pytest.mark.parametrize(("check", "value", "result"), [
    (checks.number, -2, -2.0), (checks.number, np.float32(0.5), 0.5), (checks.number, Fraction(1, 4), 0.25),
    (checks.number, np.int8(-3), -3.0), (checks.number, 1e308, 1e308),
    (checks.positive, 1e-300, 1e-300), (checks.positive, 5, 5.0),
    (checks.not_negative, 0, 0.0), (checks.not_negative, 5e-324, 5e-324),
    (checks.fraction, 0, 0.0), (checks.fraction, 0.999, 0.999),
    (checks.whole_number, 1, 1), (checks.whole_number, np.int64(9), 9), (checks.whole_number, 2**63 - 1, 2**63 - 1),
    (checks.yes_or_no, True, True), (checks.yes_or_no, False, False),
    (checks.yes_or_no, np.True_, True), (checks.yes_or_no, np.zeros(2, bool)[0], False),
])  # fmt: skip
def test_what_passes(check, value, result):
    found = check("it", value)
    assert found == result
    assert type(found) is type(result)


NOT_NUMBERS = [True, False, "0.1", "", None, [1], (1,), {}, 1j, np.ones(1), np.array(1.0), Decimal("0.1"), object()]


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("check", [checks.number, checks.positive, checks.not_negative, checks.fraction])
def test_what_is_no_number(check, value, tally):
    refused(tally, KindError, ("it must be a number", type(value).__name__), lambda: check("it", value))


@pytest.mark.parametrize(
    "value", [*NOT_NUMBERS, 3.0, np.float64(3), Fraction(3)], ids=lambda value: type(value).__name__
)
def test_what_is_no_whole_number(value, tally):
    refused(tally, KindError, ("it must be a whole number", type(value).__name__),
            lambda: checks.whole_number("it", value))  # fmt: skip


@pytest.mark.parametrize(("check", "value", "words"), [
    (checks.number, math.nan, "finite number, got nan"),
    (checks.number, -math.inf, "finite number, got -inf"),
    (checks.number, 10**400, "finite number"),
    (checks.number, -(10**9999), "finite number, got a number of about 10,000 digits"),
    (checks.positive, 0, "above 0, got 0"),
    (checks.positive, -0.0, "above 0"),
    (checks.positive, -1, "above 0, got -1"),
    (checks.not_negative, -1e-300, "0 or more, got -1e-300"),
    (checks.fraction, 1, "lie in [0, 1), got 1"),
    (checks.fraction, -0.1, "lie in [0, 1)"),
    (checks.fraction, 1.1, "lie in [0, 1)"),
    (checks.whole_number, 0, "at least 1, got 0"),
    (checks.whole_number, -5, "at least 1, got -5"),
    (checks.whole_number, 2**63, "below 2**63, got 9223372036854775808"),
    (checks.whole_number, 10**9999, "below 2**63, got a number of about 10,000 digits"),
    (checks.whole_number, -(10**9999), "at least 1, got a number of about 10,000 digits"),
], ids=lambda value: getattr(value, "__name__", "value"))  # fmt: skip
def test_what_is_out_of_range(check, value, words, tally):
    refused(tally, SettingError, ("it must", words), lambda: check("it", value))


def test_limits_can_be_moved(tally):
    assert checks.fraction("p", 1, one_allowed=True) == 1
    assert checks.whole_number("seed", 0, minimum=0) == 0
    refused(tally, SettingError, "p must lie in [0, 1], got 2", lambda: checks.fraction("p", 2, one_allowed=True))
    refused(tally, SettingError, "n must be at least 2, got 1", lambda: checks.whole_number("n", 1, minimum=2))


@pytest.mark.parametrize("value", [0, 1, None, "yes", "True", [], np.int64(1)], ids=repr)
def test_what_merely_looks_true(value, tally):
    refused(tally, KindError, ("it must be True or False", repr(value)), lambda: checks.yes_or_no("it", value))


def test_one_of(tally):
    known = ("relu", "tanh")
    assert checks.one_of("activation", "relu", known) == "relu"
    assert checks.one_of("activation", "relu", dict.fromkeys(known)) == "relu"
    for value, words in [
        ("rellu", "Did you mean 'relu'?"),
        ("RELU", "Did you mean 'relu'?"),
        ("", "Known: relu, tanh"),
        ("zzz", "Known: relu, tanh."),
    ]:
        refused(
            tally, SettingError, ("activation", words), lambda value=value: checks.one_of("activation", value, known)
        )
    for value in (None, 3, ["relu"], b"relu"):
        refused(tally, KindError, "one of relu, tanh", lambda value=value: checks.one_of("activation", value, known))


def test_whole_numbers(tally):
    assert checks.whole_numbers("sizes", [3, np.int64(4)]) == (3, 4)
    assert checks.whole_numbers("sizes", (3, 4), count=2) == (3, 4)
    for given in (range(3, 5), np.array([3, 4]), np.array([3, 4], np.uint8), (np.int32(3), np.int16(4))):
        found = checks.whole_numbers("sizes", given)
        assert found == (3, 4)
        assert {type(each) for each in found} == {int}
    for value in (3, "34", None, {3, 4}, np.array(3), np.array([[3, 4]]), {3: 4}, iter([3, 4])):
        refused(tally, KindError, "a tuple of one or more", lambda value=value: checks.whole_numbers("sizes", value))
    refused(tally, SettingError, "one or more whole numbers, got ()", lambda: checks.whole_numbers("sizes", ()))
    refused(tally, SettingError, "a tuple of 2 ", lambda: checks.whole_numbers("sizes", (3,), count=2))
    refused(tally, SettingError, "one or more whole numbers", lambda: checks.whole_numbers("sizes", np.array([], int)))
    refused(tally, KindError, "sizes[0] must be a whole number", lambda: checks.whole_numbers("sizes", np.array([3.0])))
    refused(tally, KindError, "sizes[1] must be a whole number", lambda: checks.whole_numbers("sizes", (3, True)))


def test_a_long_value_is_cut(tally):
    words = "lr must be a number, got [0, 1, 2, "
    with pytest.raises(KindError) as caught:
        checks.number("lr", list(range(10_000)))
    assert str(caught.value).startswith(words)
    assert len(str(caught.value)) < 300


class TestNumbersOfNumPy:
    """Settings that come out of arrays, as from a search over a grid, are as good as Python's."""

    @pytest.mark.parametrize(("given", "plain"), [
        (lambda: lw.MultiStepLR(milestones=np.array([30, 80])), lambda: lw.MultiStepLR(milestones=[30, 80])),
        (lambda: lw.MultiStepLR(milestones=range(1, 4)), lambda: lw.MultiStepLR(milestones=[1, 2, 3])),
        (lambda: lw.SequentialLR([lw.LinearLR(), lw.StepLR(np.int64(2))], milestones=np.array([3])),
         lambda: lw.SequentialLR([lw.LinearLR(), lw.StepLR(2)], milestones=[3])),
        (lambda: lw.Adam(betas=np.array([0.5, 0.75])), lambda: lw.Adam(betas=(0.5, 0.75))),
        (lambda: lw.AdamW(betas=np.array([0.5, 0.75], np.float32)), lambda: lw.AdamW(betas=(0.5, 0.75))),
        (lambda: lw.SGD(lr=np.float32(0.5), momentum=np.float64(0.5), nesterov=np.True_),
         lambda: lw.SGD(lr=0.5, momentum=0.5, nesterov=True)),
        (lambda: lw.Linear(np.int64(3), np.uint8(2), bias=np.False_), lambda: lw.Linear(3, 2, bias=False)),
        (lambda: lw.Conv2d(1, 2, np.array([3, 5]), padding=np.array([1, 2])),
         lambda: lw.Conv2d(1, 2, (3, 5), padding=(1, 2))),
        (lambda: lw.MaxPool2d(np.array([2, 3])), lambda: lw.MaxPool2d((2, 3))),
        (lambda: lw.AdaptiveAvgPool2d(np.array([2, 3])), lambda: lw.AdaptiveAvgPool2d((2, 3))),
        (lambda: lw.LayerNorm(np.array([3])), lambda: lw.LayerNorm(3)),
        (lambda: lw.Softmax(dim=np.int64(-1)), lambda: lw.Softmax(dim=-1)),
        (lambda: lw.Dropout(np.float32(0.5)), lambda: lw.Dropout(0.5)),
        (lambda: lw.HuberLoss(delta=np.int32(2)), lambda: lw.HuberLoss(delta=2)),
        (lambda: lw.CrossEntropyLoss(np.array([1, 2]), ignore_index=np.int64(-1)),
         lambda: lw.CrossEntropyLoss([1, 2], ignore_index=-1)),
        (lambda: lw.L1(np.float32(0.5), proximal=np.True_), lambda: lw.L1(0.5, proximal=True)),
    ])  # fmt: skip
    def test_they_are_taken(self, given, plain):
        assert repr(given()) == repr(plain())

    def test_a_network_is_drawn_up_for_a_shape_in_an_array(self):
        net = lw.Network(lw.Conv2d(1, 2, 3))
        assert net.summary(np.array([1, 8, 8])) == net.summary((1, 8, 8))
