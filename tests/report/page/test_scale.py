"""Scales with round marks, on which every number that must be seen has its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layerwise.report.page.scale import marks_of, scale_of

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(values=st.lists(NUMBERS, min_size=1, max_size=5))
def test_every_value_is_on_the_scale(values: list[float]) -> None:
    scale = scale_of(values)
    assert all(scale.beyond(value) == 0 and 0 <= scale.share(value) <= 1 for value in values)
    assert scale.marks[0] == scale.low < scale.high == scale.marks[-1]
    assert 2 <= len(scale.marks) <= 8


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_a_share_is_never_above_1(values: list[float]) -> None:
    assert scale_of(values, most=1.0).high <= 1.2


def test_what_is_far_away_is_beyond() -> None:
    scale = scale_of([0.97, 0.98], most=1.0)
    assert (scale.beyond(0.1), scale.beyond(0.975), scale.beyond(3.0)) == (-1, 0, 1)
    assert (scale.share(0.1), scale.share(3.0)) == (0, 1)


@given(low=NUMBERS, span=st.floats(1e-3, 1e6), parts=st.integers(2, 8))
def test_marks_are_even_and_inside(low: float, span: float, parts: int) -> None:
    marks = marks_of(low, low + span, parts)
    assert 1 <= len(marks) <= parts + 2
    room = 1e-6 * span + 1e-9
    assert all(low - room <= mark <= low + span + room for mark in marks)
