"""The preparation: applied to new columns, written as a table and read back, and what it refuses."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from tests.support.refusals import noted, refused

from layerwise.data import Column, Preparation, load
from layerwise.errors import DataError, KindError, SettingError, ShapeError

MIXED = Preparation(
    (Column("age", 40.0, 10.0), Column("town", categories=("Bonn", "Ulm")), Column("size", 1.5, 0.5)),
    target="rent",
    target_mean=800.0,
    target_scale=150.0,
    unit="euro",
)
NUMBERS = Preparation((Column("a"), Column("b")), target="y")
CLASSES = Preparation((Column("x"),), target="kind", classes=("0", "1", "10"))


def test_columns_of_texts_numbers_and_arrays_give_the_same():
    wanted = np.array([[1, 0, 1, 1], [0, 1, 0, -1]], dtype=np.float32)
    for age, size in ((["50", "40"], ["2", "1"]), ([50, 40], [2.0, 1.0]), (np.array([50, 40]), np.array([2.0, 1]))):
        x = MIXED.apply({"size": size, "town": ["Ulm", " Bonn "], "age": age, "other": ["a", "b"]})
        np.testing.assert_array_equal(x, wanted)
        assert x.dtype == np.float32
        assert x.flags.c_contiguous


def test_an_unseen_category_gives_zeros():
    assert MIXED.apply({"age": [40], "town": ["Rome"], "size": [1.5]}).tolist() == [[0, 0, 0, 0]]


def test_no_rows_give_no_rows():
    assert MIXED.apply({"age": [], "town": [], "size": []}).shape == (0, 4)


@pytest.mark.parametrize("name", ["iris", "diabetes", "digits"])
def test_apply_gives_the_bits_of_x_again(name):
    data, raw = load(name, seed=2), load(name, seed=2, scale=False)
    columns = {column: raw.test.x[:, k].astype(np.float64) for k, column in enumerate(raw.features)}
    if name == "digits":  # whole numbers, so float32 lost nothing
        assert data.preparation.apply(columns).tobytes() == data.test.x.tobytes()
    np.testing.assert_allclose(data.preparation.apply(columns), data.test.x, atol=1e-5)


def test_a_matrix_gives_the_bits_of_its_columns():
    data, raw = load("digits", flat=False), load("digits", scale=False)
    assert data.preparation.apply_matrix(raw.train.x).tobytes() == data.train.x.tobytes()
    assert data.preparation.apply_matrix(raw.train.x).shape == data.train.x.shape


@pytest.mark.parametrize("preparation", [MIXED, CLASSES], ids=["mixed", "classes"])
def test_it_goes_through_json_and_back(preparation):
    assert Preparation.from_spec(json.loads(json.dumps(preparation.to_spec()))) == preparation


@pytest.mark.parametrize(
    ("name", "options"),
    [("wine", {}), ("diabetes", {}), ("digits", {"flat": False}), ("spiral", {"classes": 3})],
)
def test_that_of_a_dataset_comes_back_equal(name, options):
    preparation = load(name, **options).preparation
    assert Preparation.from_spec(preparation.to_spec()) == preparation


def test_labels_are_found_by_name_and_by_number():
    np.testing.assert_array_equal(CLASSES.labels(["10", "1.0", " 0 "]), [2, 1, 0])
    np.testing.assert_array_equal(CLASSES.labels(np.array([0.0, 10.0])), [0, 2])
    with pytest.raises(DataError, match=r"row 2: '2' is no class of 'kind'. Known: 0, 1, 10"):
        CLASSES.labels(["1", "2"])


def test_targets_come_back_in_their_unit():
    y = MIXED.labels(["950", "800"])
    assert y.tolist() == [[1], [0]]
    assert MIXED.to_units(y).tolist() == [[950], [800]]
    with pytest.raises(SettingError, match="'kind' has classes, which have no units"):
        CLASSES.to_units(y)


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"age": [1], "size": [1]}, DataError, "the table lacks the column 'town'"),
        ({"town": ["Ulm"]}, DataError, "lacks the columns 'age', 'size'"),
        (
            {"a": [1], "b": [2]},
            DataError,
            "none of the 3 columns that were learnt from, .*; it has 'a', 'b': is",
        ),
        ({}, DataError, "the table has none of the 3 columns that were learnt from"),
        ({"agee": [1], "town": ["Ulm"], "size": [1]}, DataError, "'age'. Did you mean 'agee'"),
        ({"age": [1], "town": ["Ulm"], "size": ["big"]}, DataError, "row 1: the value of 'size' must be a number, got"),
        ({"age": [1, None], "town": ["Ulm"] * 2, "size": [1, 1]}, DataError, "row 2: .*'age' is missing: fill it in"),
        ({"age": [math.inf], "town": ["Ulm"], "size": [1]}, DataError, "'age' must be finite, got inf"),
        ({"age": [math.nan], "town": ["Ulm"], "size": [1]}, DataError, "'age' is missing"),
        ({"age": [1e300], "town": ["Ulm"], "size": [1]}, DataError, "row 1: 'age' is 1e[+]300, beyond"),
        ({"age": [10**400], "town": ["Ulm"], "size": [1]}, DataError, "row 1: the value of 'age' must be finite"),
        ({"age": [1j], "town": ["Ulm"], "size": [1]}, DataError, "must be a number, got '1j'"),
        ({"age": [1, 2], "town": ["Ulm"], "size": [1]}, DataError, "same number of rows, got 'age' 2, 'town' 1"),
        ({"age": [[1]], "town": ["Ulm"], "size": [1]}, DataError, "'age' must be a sequence of cells"),
        ({"age": 1, "town": 2, "size": 3}, DataError, "'age' must be a sequence of cells, one a row; got 1"),
        ({"age": "1", "town": "2", "size": "3"}, DataError, "'age' must be a sequence of cells, one a row; got '1'"),
        ([[1, 2]], KindError, "columns must map each name to its cells, got list"),
    ],
)
def test_wrong_columns_are_refused(columns, error, message, tally):
    with pytest.raises(error, match=message) as caught:
        MIXED.apply(columns)
    noted(tally, caught.value)


GAPS = Preparation(
    (
        Column("age", 40.0, 10.0, fill=30.0, gaps=True),
        Column("town", categories=("Bonn", "Ulm"), gaps=True),
        Column("size", fill=2.5),
    ),
    target="kind",
    classes=("a", "b"),
)


def test_gaps_are_filled_and_told():
    assert GAPS.features == ("age", "age missing", "town=Bonn", "town=Ulm", "town missing", "size")
    x = GAPS.apply({"age": ["50", "NA", " ", None], "town": ["Ulm", "", "Rome", None], "size": [1, math.nan, 3, None]})
    wanted = [[1, 0, 0, 1, 0, 1], [-1, 1, 0, 0, 1, 2.5], [-1, 1, 0, 0, 0, 3], [-1, 1, 0, 0, 1, 2.5]]
    np.testing.assert_array_equal(x, np.array(wanted, dtype=np.float32))


def test_gaps_go_through_json_and_back():
    assert Preparation.from_spec(json.loads(json.dumps(GAPS.to_spec()))) == GAPS


def test_a_preparation_written_before_there_were_gaps_is_read():
    spec = MIXED.to_spec()
    assert "fill" not in spec
    assert "gaps" not in spec
    assert Preparation.from_spec(spec) == MIXED


def test_a_matrix_has_no_gaps():
    numbers = Preparation(
        (Column("a", 1.0, 2.0, fill=0.0, gaps=True), Column("b"), Column("c", gaps=True)), "y", ("p",)
    )
    x = numbers.apply_matrix(np.array([[3.0, 5.0, 7.0]]))
    np.testing.assert_array_equal(x, [[1, 0, 5, 7, 0]])
    assert x.tobytes() == numbers.apply({"a": [3], "b": [5], "c": [7]}).tobytes()


def test_unseen_texts_are_counted_by_column_with_the_first_of_them():
    p = Preparation((Column("n"), Column("a", categories=("x", "y")), Column("b", categories=("u",), gaps=True)), "t")
    rows = {"n": [1, 2, 3], "a": ["z", "x", "w"], "b": ["u", "", "v"]}
    assert p.unseen(rows) == (
        "2 rows hold a category of 'a' that training never saw (first: row 1, 'z'): all features of 'a' are 0 there",
        "1 row holds a category of 'b' that training never saw (first: row 3, 'v'): all features of 'b' are 0 there",
    )
    assert p.unseen({"n": [1], "a": ["y"], "b": [None]}) == ()
    np.testing.assert_array_equal(p.apply(rows)[:, 1:], [[0, 0, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0]])


def test_the_target_must_be_there():
    for preparation in (MIXED, CLASSES):
        with pytest.raises(DataError, match=r"row 2: the value of '\w+' is missing: fill it in"):
            preparation.labels(["1", ""])


@pytest.mark.parametrize(("preparation", "values", "error", "words"), [
    (NUMBERS, None, KindError, "values must hold real numbers, got objects"),
    (NUMBERS, np.zeros(2), ShapeError, "values must be (N, 2), a column for each name, got (2,)"),
    (NUMBERS, np.zeros((3, 1)), ShapeError, "got (3, 1)"), (NUMBERS, [["a", "b"]], KindError, "got text"),
    (MIXED, np.zeros((2, len(MIXED.columns))), DataError, "holds texts, which a matrix of numbers can not"),
])  # fmt: skip
def test_a_matrix_that_does_not_fit(preparation, values, error, words, tally):
    refused(tally, error, words, lambda: preparation.apply_matrix(values))


@pytest.mark.parametrize("cells", [None, 3, "abc", b"abc", {"a": 1}, {1, 2}, np.array(1.0), [[1], [2]]], ids=repr)
def test_what_is_no_column_of_cells(cells, tally):
    refused(tally, DataError, "must be a sequence of cells, one a row", lambda: NUMBERS.labels(cells))
    refused(tally, DataError, "must be a sequence", lambda: NUMBERS.apply({"a": cells, "b": [1]}))


def damaged(**changes):
    spec = MIXED.to_spec() | changes
    return {key: value for key, value in spec.items() if value is not ...}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (None, "must be a table, got None"),
        (damaged(mean=...), "lacks its entry 'mean'"),
        (damaged(means=[1]), "an entry 'means' that is not known. Did you mean 'mean'"),
        (damaged(columns=[]), "entry 'columns' of the preparation is damaged"),
        (damaged(columns=["a", "a", "b"]), "entry 'columns'"),
        (damaged(columns="abc"), "entry 'columns'"),
        (damaged(mean=[1.0, 2.0]), "entry 'mean'"),
        (damaged(mean=[1.0, 2.0, math.nan]), "entry 'mean'"),
        (damaged(mean=[1, 2, 10**400]), "entry 'mean'"),
        (damaged(scale=[1.0, 0.0, 1.0]), "entry 'scale'"),
        (damaged(scale=[True, 1, 1]), "entry 'scale'"),
        (damaged(categories={"street": ["a"]}), "categories for 'street', which is no column"),
        (damaged(categories={"town": ["a", 1]}), "entry 'town'"),
        (damaged(categories=[1]), "entry 'categories'"),
        (damaged(fill={"street": 1.0}), "fill for 'street', which is no column"),
        (damaged(fill={"age": math.nan}), "entry 'age'"),
        (damaged(fill=[1.0]), "entry 'fill'"),
        (damaged(gaps=["street"]), "gaps for 'street', which is no column"),
        (damaged(gaps="age"), "entry 'gaps'"),
        (damaged(gaps=["age", "age"]), "entry 'gaps'"),
        (damaged(target={"name": "y"}), "lacks its entry 'mean'"),
        (damaged(target={"name": "y", "classes": []}), "entry 'classes'"),
        (damaged(target={"name": 1, "classes": ["a"]}), "entry 'name'"),
        (damaged(target={"name": "y", "mean": 0, "scale": -1, "unit": ""}), "entry 'scale'"),
        (damaged(image_shape=[1, 28, 28]), "entry 'image_shape'"),
        (damaged(image_shape=[1, 2.0, 2]), "entry 'image_shape'"),
    ],
)
def test_a_damaged_table_is_refused_by_its_entry(spec, message, tally):
    with pytest.raises(DataError, match=message) as caught:
        Preparation.from_spec(spec)
    noted(tally, caught.value)


# --- back to raw values ----------------------------------------------------------------------------------------------

WITH_GAPS = Preparation(
    (Column("age", 40.0, 10.0, fill=30.0, gaps=True), Column("town", categories=("Bonn", "Ulm"), gaps=True)),
    target="kind",
    classes=("a", "b"),
)


def test_a_gap_is_shown_as_one_and_not_as_what_fills_it():
    rows = [WITH_GAPS.raw(row) for row in WITH_GAPS.apply({"age": ["50", "NA", "30"], "town": ["Ulm", "", "Rome"]})]
    assert rows[0] == [("age", "50"), ("town", "Ulm")]
    assert rows[1] == [("age", "NA"), ("town", "NA")]
    assert rows[2] == [("age", "30"), ("town", "")]


def test_raw_values_prepared_again_give_the_same_features():
    x = WITH_GAPS.apply({"age": ["50", "NA"], "town": ["NA", "Bonn"]})
    again = [dict(WITH_GAPS.raw(row)) for row in x]
    columns = {name: [row[name] for row in again] for name in ("age", "town")}
    assert WITH_GAPS.apply(columns).tobytes() == x.tobytes()


@pytest.mark.parametrize("cell", ["0", "1", "-3", "0.5", "17", "120", "-0.25", "1e+05"])
@pytest.mark.parametrize(("mean", "scale"), [(0.1, 0.7), (3.4567, 1.2345), (-0.33, 2.1), (0.0, 1.0), (41.7, 13.9)])
def test_a_raw_value_is_written_as_it_came(cell, mean, scale):
    """float32 keeps some seven digits of the prepared number: what lies below them is no digit of the cell."""
    column = Preparation((Column("a", mean, scale),), target="y")
    assert column.raw(column.apply({"a": [cell]})[0]) == [("a", cell)]
