"""A learner's own table: kinds of columns, kinds of targets, and every sentence that refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.refusals import noted

from layerwise.data import Preparation, assemble, read_csv, read_rows
from layerwise.errors import DataError, KindError, SettingError


@pytest.fixture
def write(tmp_path):
    def to_file(header: str, *rows: str):
        path = tmp_path / "houses.csv"
        path.write_text("\n".join([header, *rows]))
        return path

    return to_file


def flats(n=60):
    """Rows of area, town, price: two numbers and a category of three."""
    return [f"{20 + i % 17},{('Ulm', 'Bonn', 'Kiel')[i % 3]},{1000 + 13 * i + i % 5}.5" for i in range(n)]


def test_numbers_and_categories_become_features(write):
    data = read_csv(write("area,town,price", *flats()), "price", seed=3)
    assert data.name == "houses"
    assert data.task == "regression"
    assert data.features == ("area", "town=Bonn", "town=Kiel", "town=Ulm")
    assert [len(part.x) for part in (data.train, data.validation, data.test)] == [42, 6, 12]
    assert data.train.x.dtype == data.train.y.dtype == np.float32
    assert data.train.y.shape == (42, 1)
    np.testing.assert_array_equal(data.train.x[:, 1:].sum(axis=1), 1)


def test_no_part_but_training_is_learnt_from(write):
    rows = flats()
    path = write("area,town,price", *rows)
    before = read_csv(path, "price")
    prices = {float(row.split(",")[2]): row for row in rows}
    held_out = before.preparation.to_units(np.concatenate([before.validation.y, before.test.y]))[:, 0]
    for price in held_out:
        old = min(prices, key=lambda each: abs(each - price))
        rows[rows.index(prices[old])] = f"999,Rome,{old * 10}"
    after = read_csv(write("area,town,price", *rows), "price")
    assert after.preparation == before.preparation
    assert after.train.x.tobytes() == before.train.x.tobytes()
    np.testing.assert_array_equal(after.test.x[:, 1:], 0)  # Rome was never seen in training


def test_apply_gives_the_bits_of_x_again(write):
    path = write("area,town,price", *flats())
    data = read_csv(path, "price", seed=1)
    again = data.preparation.apply(read_rows(path))
    rows = {row.tobytes() for row in again}
    for part in (data.train, data.validation, data.test):
        assert {row.tobytes() for row in part.x} <= rows
    assert again.shape == (60, 4)


def test_a_table_without_the_target_can_be_prepared(write):
    path = write("area,town,price", *flats())
    preparation = read_csv(path, "price").preparation
    known = preparation.apply(read_rows(path))
    path = write("town,area", *("{1},{0}".format(*row.split(",")) for row in flats()))
    assert preparation.apply(read_rows(path)).tobytes() == known.tobytes()
    with pytest.raises(DataError, match=r"houses.csv lacks the column 'town'. Did you mean 'towns'"):
        preparation.apply(read_rows(write("towns,area", "Ulm,20")))
    with pytest.raises(DataError, match=r"line 3 of houses.csv: the value of 'area' must be a number, got 'big'"):
        preparation.apply(read_rows(write("town,area", "Ulm,20", "Ulm,big")))


def test_the_description_tells_both_kinds_of_columns(write):
    text = " ".join(read_csv(write("area,town,price", *flats()), "price").describe().split())
    assert "numbers standardised to mean 0 and spread 1, learnt on the training part; 1 column of texts as" in text
    assert "(unit not stated)" in text
    text = read_csv(write("town,y", *(f"{'ab'[i % 2]},{i % 2}" for i in range(30))), "y").describe()
    assert "prepared  1 column of texts as one 0/1 feature for each category" in text


def test_columns_can_be_left_out(write):
    data = read_csv(
        write("id,area,town,price", *(f"n{i},{row}" for i, row in enumerate(flats()))), "price", drop=["id"]
    )
    assert data.features[0] == "area"


def test_scale_false_leaves_all_numbers_as_they_are(write):
    data = read_csv(write("area,town,price", *flats()), "price", scale=False)
    assert set(data.train.x[:, 0]) <= set(range(20, 37))
    assert data.train.y.min() >= 1000


@pytest.mark.parametrize(
    ("cells", "task", "classes"),
    [
        (["yes", "no"], "classification", ("no", "yes")),
        (["1", "0"], "classification", ("0", "1")),
        (["3.0", "1.0", "2.0", "10.0"], "classification", ("1", "2", "3", "10")),
        (["1", "2", "x"], "classification", ("1", "2", "x")),
        (["0.5", "1.5"], "regression", ()),
        ([str(i) for i in range(30)], "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(write, cells, task, classes):
    data = read_csv(write("a,y", *(f"{i},{cells[i % len(cells)]}" for i in range(60))), "y")
    assert data.task == task
    assert data.classes == classes


def test_the_task_can_be_said(write):
    path = write("a,y", *(f"{i},{i % 3}" for i in range(60)))
    assert read_csv(path, "y").task == "classification"
    assert read_csv(path, "y", task="regression").task == "regression"
    half = write("a,y", *(f"{i},{i % 2}.5" for i in range(60)))
    assert read_csv(half, "y", task="classification").classes == ("0.5", "1.5")


def test_labels_belong_to_their_rows(write):
    path = write("a,y", *(f"{i},{'pqr'[i % 3]}" for i in range(60)))
    data = read_csv(path, "y", scale=False)
    for x, y in (data.train, data.validation, data.test):
        np.testing.assert_array_equal(x[:, 0] % 3, y)


def test_same_seed_same_bits(write):
    path = write("area,town,price", *flats())
    one, two, other = (read_csv(path, "price", seed=seed) for seed in (1, 1, 2))
    assert one.train.x.tobytes() == two.train.x.tobytes()
    assert one.train.x.tobytes() != other.train.x.tobytes()


def test_a_constant_column_becomes_zero(write):
    data = read_csv(write("a,b,y", *(f"7.1,{i},{i % 2}" for i in range(30))), "y")
    assert (data.train.x[:, 0] == 0).all()
    assert (data.test.x[:, 0] == 0).all()


def table(*, a="{i}", y="{k}", n=60):
    return ["a,b,y", *(f"{a},{i % 7},{y}".format(i=i, k="pq"[i % 2]) for i in range(n))]


def with_cell(cell, line=5):
    rows = table()
    rows[line - 1] = f"{cell},1,p"
    return rows


SENTENCE = "{i} things that nobody said before"
WRONG = {
    "missing everywhere": (table(a="NA"), {}, r"'a' of houses.csv is missing in every row: leave it out: drop=\['a'\]"),
    "missing everywhere, forced": (table(a=""), {"categories": ["a"]}, "is missing in every row"),
    "free text": (table(a=SENTENCE), {}, "60 different texts.*look like free text: write what matters"),
    "two dates": (
        ["a,y", *(f"2024-01-0{1 + i % 2},{i % 2}" for i in range(60))],
        {},
        "holds dates, such as '2024-01-01'",
    ),
    "times": (["a,y", *(f"1{i % 2}:30,{i % 2}" for i in range(60))], {}, "holds dates, such as '10:30'"),
    "dates in words": (["a,y", *(f"{1 + i % 2} March 2024,{i % 2}" for i in range(60))], {}, "such as '1 March 2024'"),
    "two decimal commas": (["a;y", *(f"{i % 2},5;{i % 2}" for i in range(60))], {}, "decimal comma: write 1.5 for 1,5"),
    "too many forced": (table(a="{i}", n=300), {"categories": ["a"]}, "holds 300 different texts"),
    "two thousands": (["a;y", *(f"{1 + i % 2},500;{i % 2}" for i in range(60))], {}, "'a' .*decimal comma|thousands"),
    "dropped and forced": (table(), {"drop": ["a"], "categories": ["a"]}, "'a' is both in drop and in categories"),
    "target forced": (table(), {"categories": ["y"]}, "'y' is no feature: write task='classification'"),
    "infinite": (with_cell("-inf"), {}, "line 5 of houses.csv: the value of 'a' must be finite, got '-inf'"),
    "beyond float64": (with_cell("1e999"), {}, "must be finite, got '1e999'"),
    "one typo": (with_cell("1o"), {}, "59 of 60 cells are numbers; the first that is none is '1o' in line 5"),
    "decimal comma": (table(a='"{i},5"'), {}, "'a' .*decimal comma: write 1.5 for 1,5"),
    "thousands": (table(a='"1,{i:03d},000"'), {}, "marks between the thousands: write 1234.5"),
    "dates": (
        table(a="2024-01-{i:02d}"),
        {},
        r"'a' of houses.csv holds dates, such as '2024-01-00'.*\(year, month, weekday\).*drop=\['a'\]",
    ),
    "an ID": (table(a="user{i}"), {}, r"'a' of houses.csv holds 60 different texts in 60 rows.*drop=\['a'\]"),
    "many categories": (table(a="user{i}", n=300), {}, "holds 300 different texts"),
    "far apart": (["a,y", *(f"{(-1) ** (i // 2)}e308,{i % 2}" for i in range(60))], {}, "'a' runs from"),
    "beyond float32": (table(a="{i}e99"), {"scale": False}, "line 3 of houses.csv: 'a' is .*beyond .*float32"),
    "target beyond float32": (
        table(y="{i}.5e99"),
        {"scale": False},
        "line 2 of houses.csv: 'y' is .*beyond .*float32",
    ),
    "missing target": (table(), {"target": "price"}, "houses.csv has no column 'price' for the target"),
    "misspelt target": (["area,y", "1,2"], {"target": "aera"}, "Did you mean 'area'"),
    "missing drop": (table(), {"drop": ["bb"]}, "no column 'bb' for drop. Did you mean 'b'|no column 'bb' for drop"),
    "dropped target": (table(), {"drop": ["y"]}, "the target 'y' can not be dropped"),
    "nothing left": (table(), {"drop": ["a", "b"]}, "no column to learn from besides the target 'y'"),
    "one column": (["y", "1", "2"], {}, "no column to learn from"),
    "one class": (table(y="p"), {}, "the target 'y' of houses.csv is 'p' in every row"),
    "constant": (table(y="3.5"), {}, "is 3.5 in every row"),
    "a class of one": ([*table(), "1,1,rare"], {}, "the class 'rare' has 1 sample, too few"),
    "target is an ID": (table(y="user{i}"), {}, "60 different values in 60 rows, too many to be classes"),
    "target with a typo": (
        [*table(y="{i}.5"), "1,1,1o"],
        {},
        "too many to be classes.*the first that is none is '1o' in line 62",
    ),
    "target with commas": (table(y='"{i},5"'), {}, "the target 'y' of houses.csv is not read as numbers.*decimal"),
    "text for regression": (table(), {"task": "regression"}, "line 2 of houses.csv: the target 'y' must be a number"),
    "too many classes asked": (table(y="{i}.5"), {"task": "classification"}, "too many to be classes"),
    "missing in target": ([*table(), "1,1,"], {}, r"line 62 of houses.csv: the value of 'y' is missing \(''\)"),
    "two rows": (["a,y", "1,2.5", "2,3.5"], {}, "2 samples can not fill three parts"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_can_not_be_learnt_from_is_refused_in_a_sentence(write, case, tally):
    rows, options, message = WRONG[case]
    with pytest.raises(DataError, match=message) as caught:
        read_csv(write(*rows), **{"target": "y"} | options)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)
    noted(tally, caught.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": 3}, KindError, "the target must be the name of a column, got 3"),
        ({"drop": "a"}, KindError, r"drop must be a list of column names, such as drop=\['id'\]; got 'a'"),
        ({"drop": [1]}, KindError, "drop must be the name of a column, got 1"),
        (
            {"categories": "a"},
            KindError,
            r"categories must be a list of column names, such as categories=\['postcode'\]",
        ),
        ({"categories": ["c"]}, DataError, "houses.csv has no column 'c' for categories"),
        ({"task": "cluster"}, SettingError, "task 'cluster' is not known"),
        ({"test": 0}, SettingError, "test must be above 0"),
        ({"seed": 1.5}, KindError, "seed must be a whole number"),
        ({"scale": "yes"}, KindError, "scale must be True or False"),
    ],
)
def test_wrong_arguments_are_refused(write, options, error, message, tally):
    with pytest.raises(error, match=message) as caught:
        read_csv(write(*table()), **{"target": "y"} | options)
    noted(tally, caught.value)


def gappy(n=60):
    """Rows of age, town, y: every fifth age and every seventh town is missing."""
    ages = ["NA" if i % 5 == 0 else str(20 + i) for i in range(n)]
    towns = ["" if i % 7 == 0 else ("Ulm", "Bonn")[i % 2] for i in range(n)]
    return [f"{age},{town},{'pq'[i % 2]}" for i, (age, town) in enumerate(zip(ages, towns, strict=True))]


def test_missing_values_are_filled_told_and_reported(write):
    path = write("age,town,y", *gappy())
    data = read_csv(path, "y", seed=1)
    assert data.features == ("age", "age missing", "town=Bonn", "town=Ulm", "town missing")
    assert data.missing == {"age": 12, "town": 9}
    x = np.concatenate([data.train.x, data.validation.x, data.test.x])
    assert x[:, 1].sum() == 12
    assert x[:, 4].sum() == 9
    np.testing.assert_array_equal(x[:, 2:].sum(axis=1), 1)
    age = data.preparation.columns[0]
    raw = x[:, 0] * age.scale + age.mean
    np.testing.assert_allclose(raw[x[:, 1] == 1], age.fill, rtol=1e-6)
    assert set(np.round(raw[x[:, 1] == 0]).astype(int)) == {20 + i for i in range(60) if i % 5}
    text = " ".join(data.describe().split())
    assert "missing 21 of 120 values: age 12 (median" in text
    assert "and 'age missing' = 1), town 9 (no category and 'town missing' = 1)" in text
    assert "a 0/1 feature tells what is missing" in text


def test_the_filling_is_learnt_on_the_training_part(write):
    data = read_csv(write("age,town,y", *gappy()), "y", seed=1)
    column = data.preparation.columns[0]
    x = data.train.x
    known = x[x[:, 1] == 0, 0].astype(np.float64) * column.scale + column.mean
    assert column.fill == pytest.approx(np.median(known), rel=1e-6)
    assert known.mean() == pytest.approx(column.mean, rel=1e-6)
    assert known.std() == pytest.approx(column.scale, rel=1e-6)


def test_new_rows_with_gaps_are_prepared(write):
    path = write("age,town,y", *gappy())
    data = read_csv(path, "y", seed=1)
    again = Preparation.from_spec(data.preparation.to_spec()).apply(read_rows(path))
    assert sorted(map(bytes, again)) == sorted(
        bytes(row) for part in (data.train, data.validation, data.test) for row in part.x
    )
    fill = (data.preparation.columns[0].fill - data.preparation.columns[0].mean) / data.preparation.columns[0].scale
    x = data.preparation.apply(read_rows(write("age,town", "NULL,?", ",Rome")))
    np.testing.assert_allclose(x, [[fill, 1, 0, 0, 1], [fill, 1, 0, 0, 0]], rtol=1e-6)


def test_gaps_that_training_never_saw_add_no_feature(write):
    rows = flats()
    before = read_csv(write("area,town,price", *rows), "price")
    held_out = before.preparation.to_units(before.test.y)[0, 0]
    row = min(range(60), key=lambda n: abs(float(rows[n].split(",")[2]) - held_out))
    rows[row] = f",,{rows[row].split(',')[2]}"
    after = read_csv(write("area,town,price", *rows), "price")
    assert after.preparation == before.preparation
    assert after.missing == {"area": 1, "town": 1}
    column = after.preparation.columns[0]
    np.testing.assert_allclose(after.test.x[0], [(column.fill - column.mean) / column.scale, 0, 0, 0], rtol=1e-6)


@pytest.mark.parametrize("marker", ["", "NA", "N/A", "nan", "NaN", "NULL", "None", "?", "#N/A", "<NA>", " na ".upper()])
def test_every_marker_of_a_missing_value_is_read(write, marker):
    data = read_csv(write(*with_cell(marker)), "y")
    assert data.missing == {"a": 1}
    assert data.preparation.columns[0].categories == ()


def test_categories_can_be_forced(write):
    rows = [f"{(10115, 53111, 89073)[i % 3]},2024-01-0{1 + i % 2},{i % 2}" for i in range(60)]
    data = read_csv(write("postcode,day,y", *rows), "y", categories=["postcode", "day"])
    assert data.features[:3] == ("postcode=10115", "postcode=53111", "postcode=89073")
    assert data.features[3:] == ("day=2024-01-01", "day=2024-01-02")
    assert read_csv(write("postcode,y", *(row[:6] + row[-1] for row in rows)), "y").features == ("postcode",)


def test_a_table_that_would_fill_the_memory_is_refused(write, monkeypatch, tally):
    monkeypatch.setattr(assemble, "MOST_NUMBERS", 200)
    path = write("area,town,price", *flats())
    with pytest.raises(
        DataError, match=r"more than 200 numbers \(60 rows, 4 features so far\).*leave out columns"
    ) as caught:
        read_csv(path, "price")
    assert read_csv(path, "price", drop=["town"]).train.x.shape[1] == 1
    noted(tally, caught.value)


def test_ten_thousand_columns_are_prepared(write):
    header = ",".join([*(f"c{i}" for i in range(9_999)), "y"])
    rows = [",".join([str(i)] * 9_999 + [str(i % 2)]) for i in range(20)]
    assert read_csv(write(header, *rows), "y").train.x.shape == (14, 9_999)


def test_formulas_of_spreadsheets_are_only_text(write):
    data = read_csv(write("a,y", *(f"=cmd({i % 2}),{i % 2}" for i in range(30))), "y")
    assert data.features == ("a==cmd(0)", "a==cmd(1)")


pieces = st.sampled_from([*'ab01.,;\t\n\r" e-?=\0', "nan", "inf", "1e999", "\ufeff", "é", "\ud800", ",1,p\n", "\n\n"])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(pieces, max_size=60), rows=st.integers(0, 30))
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_sentence(tmp_path, pieces, rows):
    path = tmp_path / "any.csv"
    head = "a,b,y\n" + "".join(f"{i},{i % 3},{'pq'[i % 2]}\n" for i in range(rows))
    path.write_bytes((head + "".join(pieces)).encode("utf-8", "surrogatepass"))
    try:
        text = read_csv(path, "y").describe()
    except DataError as refusal:
        text = str(refusal)
        one_line = "\n" not in text and len(text) < 600
    else:
        one_line = max(map(len, text.splitlines())) <= 80
    assert one_line, text
