"""Cells as numbers or texts: the quick way and the careful way give the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.refusals import noted

from layerwise.data.cells import MISSING, is_missing, is_number, to_number
from layerwise.data.hints import are_dates, looks_like
from layerwise.data.reading import gather, infer, missing_rows, read_numbers, read_texts
from layerwise.errors import DataError

cells = st.lists(
    st.one_of(
        st.floats().map(repr),
        st.sampled_from([*sorted(MISSING), "1_000", "0x10", "1e5", "+.5", "inf", "x", "１２"]),
        st.text(max_size=3),
    ).map(str.strip),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(cells, st.integers(0, 8))
def test_numbers_are_inferred_exactly_when_each_cell_is_one_or_missing(found, cut):
    numbers = infer([found[:cut], found[cut:]], len(found))
    if all(is_missing(cell) or is_number(cell) for cell in found):
        np.testing.assert_array_equal(numbers, [math.nan if is_missing(cell) else to_number(cell) for cell in found])
    else:
        assert numbers is None


@settings(max_examples=200, deadline=None)
@given(cells)
def test_texts_come_back_as_they_were(found):
    texts = read_texts("a", found)
    assert len(set(texts.names)) == len(texts.names)
    for cell, code in zip(found, texts.codes, strict=True):
        assert code == -1 if is_missing(cell) else texts.names[code] == cell
    np.testing.assert_array_equal(missing_rows(texts), [is_missing(cell) for cell in found])
    pieces = gather([found[:3], found[3:]], len(found))
    assert pieces.names == texts.names
    np.testing.assert_array_equal(pieces.codes, texts.codes)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (["1", "2", "x"], "row 3: the value of 'a' must be a number, got 'x'"),
        (["NA", "1_000"], "row 2: the value of 'a' must be a number, got '1_000'"),
        (["1", "-inf"], "row 2: the value of 'a' must be finite, got '-inf'"),
        (["1", "1e999"], "row 2: the value of 'a' must be finite, got '1e999'"),
        ([1, 1j], "row 2: the value of 'a' must be a number, got 1j"),
        ([1, 10**400], "row 2: the value of 'a' must be a number"),
        (np.array([1, np.inf]), "row 2: the value of 'a' must be finite"),
        ("12", "must be a sequence of cells"),
        ([[1]], "must be a sequence of cells"),
    ],
)
def test_wrong_cells_are_refused_by_their_row(found, message, tally):
    with pytest.raises(DataError, match=message) as caught:
        read_numbers("a", found)
    noted(tally, caught.value)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        *[(text, True) for text in ("2024-01-31", "2024/1/3", "31.1.2024", "1/31/24", "2024-01", "2024-01-31T10:00")],
        *[
            (text, True)
            for text in ("31 Jan 2024", "January 31, 2024", "3 sept 99", "23:59", "23:59:59.5", "1.2.2024 9:30")
        ],
        *[(text, False) for text in ("red", "1.5", "2024", "12-345", "May", "555-1234", "1:2:3:4", "A 2024-01-31")],
    ],
)
def test_what_is_taken_for_a_date(text, date):
    assert are_dates([text]) is date


def test_hints_count_cells_and_not_texts():
    texts = read_texts("a", ["7"] * 30 + ["", "1o"])
    assert " 30 of 31 cells are numbers; the first that is none is '1o' in row 32" in looks_like(texts)
    assert looks_like(read_texts("a", ["red", "green"])) == ""
