"""The samples that a network gets most wrong: their raw values, gaps and unseen texts included."""

from __future__ import annotations

from layerwise.comparison.mistakes import raw_values, unusual
from layerwise.data import Column, Preparation

GAPS = Preparation(
    (Column("age", 40.0, 10.0, fill=30.0, gaps=True), Column("town", categories=("Bonn", "Ulm"), gaps=True)),
    target="kind",
    classes=("a", "b"),
)


def test_a_gap_is_shown_as_one_and_not_as_what_fills_it():
    cells = {"age": ["50", "NA", "30"], "town": ["Ulm", "", "Rome"]}
    rows = [raw_values(GAPS, row) for row in GAPS.apply(cells)]
    assert rows[0] == [("age", "50"), ("town", "Ulm")]
    assert rows[1] == [("age", "NA"), ("town", "NA")]
    assert rows[2] == [("age", "30"), ("town", "")]


def test_raw_values_prepared_again_give_the_same_features():
    x = GAPS.apply({"age": ["50", "NA"], "town": ["NA", "Bonn"]})
    again = [dict(raw_values(GAPS, row)) for row in x]
    columns = {name: [row[name] for row in again] for name in ("age", "town")}
    assert GAPS.apply(columns).tobytes() == x.tobytes()
    assert unusual(GAPS, x[0]) == (("age", "50"), ("town", "NA"))
