"""Kinds of columns and targets: each is read as what it stands for, in every notation, and what was done is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.data.tables.tables_for_tests import TRUTH, check_truth, text, write
from tests.support.refusals import noted

from layerwise.data import inspect_table, read_table
from layerwise.errors import DataError, KindError, SettingError


def comma(value: float) -> str:
    return str(value).replace(".", ",")


def grouped(mark: str) -> Callable[[int], str]:
    return lambda value: f"{value:,}".replace(",", mark)


NUMBERS: dict[str, tuple[str, str, Callable[[float], str], str]] = {
    "decimal comma": (";", "area", comma, "is read as"),
    "decimal comma, quoted": (",", "area", comma, "is read as"),
    "decimal comma, two digits": (";", "price", comma, "is read as"),
    "decimal comma with minus": (";", "area", lambda v: comma(v), "is read as"),
    "comma between thousands": (",", "people", grouped(","), "'12,345' is read as 12345, not 12.345 (--decimal ,"),
    "comma between thousands, tab": ("\t", "people", grouped(","), "is read as 12345, not 12.345"),
    "point between thousands": (";", "people", grouped("."), "'12.345' is read as 12345, not 12.345 (--decimal ."),
    "point between thousands, tab": ("\t", "people", grouped("."), "is read as 12345"),
    "space between thousands": (";", "people", grouped(" "), "is read as 12345"),
    "narrow space": (";", "people", grouped("\u202f"), "is read as 12345"),
    "no-break space": (";", "people", grouped("\u00a0"), "is read as 12345"),
    "Swiss": (";", "people", grouped("'"), "is read as 12345"),
    "Swiss, curly": (";", "people", grouped("’"), "is read as 12345"),
    "per cent": (",", "area", "{}%".format, "%' is read as"),
    "per cent with a blank": (",", "area", "{} %".format, "%' is read as"),
    "per cent, decimal comma": (";", "area", lambda v: comma(v) + "%", "%' is read as"),
    "per mille": (",", "area", "{}‰".format, "is read as"),
    "per cent as target": (",", "price", "{} %".format, "%' is read as"),
    "dollars": (",", "price", "${:,.2f}".format, "is read as"),
    "euros behind": (",", "price", "{} €".format, "is read as"),
    "pounds": (",", "price", "£{}".format, "is read as"),
    "a code of a currency": (",", "price", "EUR {}".format, "is read as"),
    "rupees": (",", "price", "₹{:,}".format, "is read as"),
    "kilograms": (",", "area", "{} kg".format, "kg' is read as"),
    "square metres": (",", "area", "{} m²".format, "is read as"),
    "a unit without a blank": (",", "area", "{}km/h".format, "is read as"),
    "degrees": (",", "area", "{}°C".format, "is read as"),
    "a unit of a target": (",", "price", "{} kEUR".format, "is read as"),
    "a plus": (",", "area", "+{}".format, ""),
    "exponents": (",", "area", "{:.6e}".format, ""),
    "padded": (",", "area", "{:09.3f}".format, "keeps its zeros"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_of_every_notation_are_the_truth(case: str, tmp_path: Path) -> None:
    delimiter, name, form, said = NUMBERS[case]
    forms = (
        {name: form} if "point" not in case else {"area": comma, "price": comma, name: form}
    )  # or they prove the point
    path = write(tmp_path / "flats.csv", text("area rooms town people price", delimiter=delimiter, **forms))
    data = check_truth(path, columns=f"rooms town price {name}")
    assert said in " ".join(data.notes)


@pytest.mark.parametrize("minus", ["-", "−", "–", "- "])
@pytest.mark.parametrize("decimal", [".", ","])
def test_minus_is_minus(minus: str, decimal: str) -> None:
    cells = [f"{minus if i % 3 else ''}{i}{decimal}5" for i in range(60)]
    values = read_table({"a": cells, "y": range(60)}, "y", scale=False)
    found = sorted(np.concatenate([part.x[:, 0] for part in (values.train, values.validation, values.test)]).tolist())
    assert found == sorted((-1 if i % 3 else 1) * (i + 0.5) for i in range(60))


def test_brackets_are_minus() -> None:
    data = read_table(
        {"a": [f"({i},000)" if i % 2 else f"{i},000" for i in range(1, 61)], "y": range(60)}, "y", scale=False
    )
    assert min(part.x.min() for part in (data.train, data.validation, data.test)) == -59_000


TWO_WAYS = {
    "1.200 beside 950": (["1.200", "950", "7.250"], "", 1200),
    "1.200 beside 950, decimals elsewhere": (["1.200", "950", "7.250"], "1.5", 1.2),
    "1.200 beside 950, commas elsewhere": (["1.200", "950", "7.250"], "1,5", 1200),
    "1.234 beside 2": (["1.234", "2", "7.258"], "", 1.234),
    "all with three decimals": (["1.204", "2.950", "7.250"], "", 1.204),
    "1,200 beside 950": (["1,200", "950", "7,250"], "", 1200),
    "1,200 with commas elsewhere": (["1,200", "950", "7,250"], "1,5", 1.2),
    "1,200 with points elsewhere": (["1,200", "950", "7,250"], "1.5", 1200),
    "0.120 can only be a decimal": (["0.120", "1.950", "7.250"], "", None),
    "1.2 can only be a decimal": (["1.2", "1.950", "7.250"], "", None),
    "two marks can only be thousands": (["1.200.000", "950", "7.250"], "", None),
    "1.200,5 can only be 1200.5": (["1.200,5", "950", "7.250"], "", None),
}


@pytest.mark.parametrize("case", TWO_WAYS)
def test_what_can_be_read_in_two_ways_is_said_with_the_word_that_decides(case: str, tmp_path: Path) -> None:
    cells, beside, first = TWO_WAYS[case]
    rows = [f"{cells[i % 3]};{beside or i};{i % 2}" for i in range(30)]
    path = write(tmp_path / "a.csv", "\n".join(["a;b;y", *rows]))
    notes = [note for note in inspect_table(path, "y").notes if "--decimal" in note]
    if first is None:
        assert notes == []
        return
    assert len(notes) == 1
    assert f"'{cells[0]}' is read as {first:g}, not" in notes[0]
    mark = notes[0].partition("--decimal ")[2][0]
    other = inspect_table(path, "y", decimal=mark)
    assert f"is read as {first:g}" not in " ".join(other.notes)
    assert other.decisions[0].holds != inspect_table(path, "y").decisions[0].holds


GAPS = [".", "-", "n.a.", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "none", "?", "", "--", "#N/A", "..", "—"]


@pytest.mark.parametrize("word", GAPS)
def test_words_for_a_gap_among_numbers(word: str, tmp_path: Path) -> None:
    rows = [f"{word if i % 10 == 5 else i * 1.5},{i % 4},{i * i % 17}.5" for i in range(60)]
    data = read_table(write(tmp_path / "a.csv", "\n".join(["a,b,y", *rows])), "y")
    assert data.missing == {"a": 6}
    assert data.features == ("a", "a missing", "b")
    assert data.decisions[0].gaps == 6


def test_a_few_cells_that_are_no_numbers_are_gaps_and_said_with_their_line(tmp_path: Path) -> None:
    rows = [f"{'big' if i in (7, 9) else i * 1.5},{i % 4}.5" for i in range(60)]
    path = write(tmp_path / "a.csv", "\n".join(["a,y", *rows]))
    data = read_table(path, "y")
    assert data.missing == {"a": 2}
    assert "a: read as numbers; 2 cells that are none are gaps (first: 'big', line 9 of a.csv)" in data.notes[0]
    assert read_table(path, "y", read_as={"a": "category"}).decisions[0].kind == "category"


@pytest.mark.parametrize(
    "cells", [["0", "1", "2", "3+"], ["1", "2", "x"], ["5 kg", "300 g"], ["12a", "13b"], ["A1", "B2"]]
)
def test_a_few_texts_and_numbers_are_categories(cells: list[str]) -> None:
    found = inspect_table({"a": [cells[i % len(cells)] for i in range(60)]})
    assert (found.decisions[0].kind, found.decisions[0].becomes) == ("category", f"{len(cells)} features")


LEFT_OUT = {
    "empty": (lambda i: "", "empty", "has no value in any row: left out"),
    "empty, in words": (lambda i: "NA", "empty", "has no value"),
    "dashes": (lambda i: "-", "empty", "has no value"),
    "constant number": (lambda i: "5", "constant", "is 5 in every row: left out"),
    "constant decimal": (lambda i: "7.10", "constant", "is 7.1 in every row"),
    "constant text": (lambda i: "x", "constant", "is 'x' in every row"),
    "constant date": (lambda i: "2024-01-01", "constant", "holds the same date in every row"),
    "constant with gaps": (lambda i: "5" if i % 2 else "", "constant", "is 5 in every row"),
    "names": (lambda i: f"Person {i}", "text", "names, codes or free text: left out (--as a=category"),
    "codes": (lambda i: f"K{i:03}", "text", "names, codes or free text"),
    "addresses": (lambda i: f"https://example.org/{i}", "text", "names, codes or free text"),
    "sentences": (lambda i: f"the {i}th thing that was said", "text", "names, codes or free text"),
    "hashes": (lambda i: f"{i * 7919:x}f", "text", "names, codes or free text"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_column_without_use_is_left_out_and_named(case: str) -> None:
    form, kind, said = LEFT_OUT[case]
    data = read_table(
        {"a": [form(i) for i in range(60)], "b": range(60, 0, -1), "y": [i * i % 17 for i in range(60)]}, "y"
    )
    assert data.features == ("b",)
    assert (data.decisions[0].kind, data.decisions[0].becomes) == (kind, "left out")
    assert any(note.startswith("a: ") and said in note for note in data.notes)


def test_all_columns_that_can_not_be_used_are_named_at_once_with_one_cure() -> None:
    table = {name: [f"{name} {i}" for i in range(60)] for name in ("name", "url", "street no")}
    notes = read_table({**table, "b": [i % 7 for i in range(60)], "y": range(60)}, "y").notes
    said = [note for note in notes if "free text" in note]
    assert len(said) == 1
    assert "3 columns" in said[0]
    assert "--drop name --drop url --drop 'street no'" in said[0]


INDEX = {
    "nameless, from 0": ("", range(60)),
    "nameless, from 1": ("", range(1, 61)),
    "of pandas": ("Unnamed: 0", range(60)),
    "rownames of R": ("rownames", range(1, 61)),
    "id": ("id", range(1000, 1060)),
    "ID, shuffled": ("ID", [(i * 37) % 60 for i in range(60)]),
    "with a stem": ("customer_id", [7000 + i * 3 for i in range(60)]),
    "with another": ("PassengerId", range(1, 61)),
    "index": ("index", range(60)),
    "X of R": ("X", range(1, 61)),
}


@pytest.mark.parametrize("case", INDEX)
def test_an_index_is_left_out_and_said(case: str, tmp_path: Path) -> None:
    name, values = INDEX[case]
    rows = [f"{value},{i % 7},{i * i % 17}.5" for i, value in enumerate(values)]
    path = write(tmp_path / "a.csv", "\n".join([f"{name},b,y", *rows]))
    data = read_table(path, "y")
    assert data.features == ("b",)
    called = name or "column 1"
    assert any(
        note.startswith(f"{called}: ") and "number' keeps it" in note.replace("number keeps", "number' keeps")
        for note in data.notes
    )
    assert read_table(path, "y", read_as={called: "number"}).features == (called, "b")


@pytest.mark.parametrize("case", INDEX)
def test_a_table_of_an_index_alone_names_the_word_that_trains(case: str, tmp_path: Path, tally) -> None:
    name, values = INDEX[case]
    path = write(
        tmp_path / "a.csv", "\n".join([f"{name},y", *(f"{value},{i * i % 17}.5" for i, value in enumerate(values))])
    )
    called = name or "column 1"
    with pytest.raises(
        DataError, match=r"no column to learn from besides the target 'y'.*=number'? keeps it"
    ) as caught:
        read_table(path, "y")
    noted(tally, caught.value, case)
    assert read_table(path, "y", read_as={called: "number"}).features == (called,)


def test_a_column_that_counts_the_rows_by_another_name_is_used_and_said() -> None:
    data = read_table({"day": range(60), "y": [i * i % 17 for i in range(60)]}, "y")
    assert data.features == ("day",)
    assert data.notes[-1] != ""
    assert "day: counts the rows; it is used (--drop day leaves it out)" in data.notes


DATES = {
    "ISO": "%Y-%m-%d", "ISO with time": "%Y-%m-%dT%H:%M:%S", "with a blank": "%Y-%m-%d %H:%M", "points": "%d.%m.%Y",
    "points and time": "%d.%m.%Y %H:%M", "day first": "%d/%m/%Y", "dashes": "%d-%m-%Y", "words": "%d %b %Y",
    "American words": "%B %d, %Y", "short": "%d-%b-%y", "dashed words": "%b-%d-%Y",
    "year first": "%Y/%m/%d", "American": "%m/%d/%Y",
}  # fmt: skip


@pytest.mark.parametrize("case", DATES)
def test_dates_give_features_by_another_reader(case: str) -> None:
    pandas = pytest.importorskip("pandas")
    days = pandas.date_range("2023-09-01 06:30", periods=200, freq="31h")
    cells = days.strftime(DATES[case]).tolist()
    data = read_table({"day": cells, "y": [i % 2 for i in range(200)]}, "y", scale=False)
    truth = pandas.to_datetime(pandas.Series(cells), format=DATES[case])
    x = np.concatenate([part.x for part in (data.train, data.validation, data.test)])
    wanted = {"year": truth.dt.year, "month": truth.dt.month, "weekday": truth.dt.day_of_week}
    wanted |= {"hour": truth.dt.hour + truth.dt.minute / 60}
    wanted["days since 1970"] = (truth - pandas.Timestamp("1970-01-01")) / pandas.Timedelta(days=1)
    for name, column in zip(data.features, x.T, strict=True):
        part = name.removeprefix("day (").removesuffix(")")
        np.testing.assert_allclose(np.sort(column), np.sort(wanted[part].to_numpy(np.float64)), rtol=1e-6)
    assert {"day (year)", "day (month)", "day (weekday)", "day (days since 1970)"} <= set(data.features)
    assert ("day (hour)" in data.features) == ("%H" in DATES[case])
    assert any(note.startswith("day: read as dates") for note in data.notes)


@pytest.mark.parametrize(
    "cells", [["1950-01", "1950-02", "1951-03"], ["10:30", "11:45", "23:15"], ["Jan 2020", "Mar 2020"]]
)
def test_months_and_times_are_dates_too(cells: list[str]) -> None:
    data = read_table({"when": [cells[i % len(cells)] for i in range(60)], "y": [i * i % 17 for i in range(60)]}, "y")
    assert data.decisions[0].kind == "date"


def test_a_date_that_can_be_read_in_two_ways_is_said_with_the_word_that_decides() -> None:
    table = {"day": [f"0{1 + i % 9}/0{1 + i % 7}/2024" for i in range(60)], "y": range(60)}
    note = next(note for note in inspect_table(table, "y").notes if note.startswith("day"))
    assert "the day first (--as day=mdy reads the month first)" in note
    months = read_table(table, "y", read_as={"day": "mdy"}, scale=False)
    assert max(part.x[:, 0].max() for part in (months.train, months.validation, months.test)) == 9


CASES = {
    "Yes, yes, YES": (["Yes", "yes", "YES", "No", "no"], 2),
    "colours": (["Red", "red", "RED", "blue", "Blue"], 2),
    "letters of others": (["Köln", "KÖLN", "Ulm"], 2),
    "sharp s": (["Straße", "STRASSE", "Weg"], 2),
    "one letter": (["m", "M", "f", "F"], 2),
    "nothing to merge": (["a", "b", "c"], 3),
}


@pytest.mark.parametrize("case", CASES)
def test_letters_of_another_case_are_one_class_and_one_category(case: str) -> None:
    cells, count = CASES[case]
    column = [cells[i % len(cells)] for i in range(60)]
    data = read_table({"a": column, "b": range(60, 0, -1), "y": column}, "y")
    assert len(data.classes) == count
    assert sum(name.startswith("a=") for name in data.features) == count
    said = [note for note in data.notes if "exact keeps them apart" in note]
    assert len(said) == (2 if count < len(cells) else 0)
    apart = read_table({"a": column, "y": column}, "y", read_as={"a": "exact", "y": "exact"})
    assert len(apart.classes) == len(cells)


@pytest.mark.parametrize("word", ["None", "none", "-", "no", "Missing", "."])
def test_none_is_a_class_and_a_category(word: str) -> None:
    drinks = [("Light", "Heavy", word)[i % 3] for i in range(60)]
    data = read_table({"a": drinks, "b": [i % 7 for i in range(60)], "y": drinks}, "y")
    assert set(data.classes) == {"Light", "Heavy", word}
    assert f"a={word}" in data.features


@pytest.mark.parametrize("gap", ["", "NA", "?", "null", "NaN"])
def test_a_gap_among_categories_is_none(gap: str) -> None:
    data = read_table({"a": [("x", "y", gap)[i % 3] for i in range(60)], "y": range(60)}, "y")
    assert data.features == ("a=x", "a=y", "a missing")


@pytest.mark.parametrize("gap", ["", "NA", "?", ".", "-", "n.a."])
@pytest.mark.parametrize("classes", [False, True])
def test_rows_without_a_target_are_left_out_and_counted(gap: str, classes: bool, tmp_path: Path) -> None:
    if classes and gap in (".", "-", "n.a."):
        pytest.skip("among classes these may be one")
    rows = [f"{i % 7},{gap if i in (3, 17) else ('pq'[i % 2] if classes else i * 1.5)}" for i in range(60)]
    data = read_table(write(tmp_path / "a.csv", "\n".join(["a,y", *rows])), "y")
    assert sum(len(part.x) for part in (data.train, data.validation, data.test)) == 58
    assert "2 rows without a target are left out (first: line 5 of a.csv)" in data.notes
    assert not any(np.isnan(part.y.astype(float)).any() for part in (data.train, data.validation, data.test))


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("cell", ["rare", "Rare class", "ü", "7", "x y z"])
def test_rows_of_a_rare_class_are_for_training_alone(count: int, cell: str) -> None:
    labels = [cell if i < count else "uv"[i % 2] for i in range(60)]
    data = read_table({"a": [i % 7 for i in range(60)], "b": range(60, 0, -1), "y": labels}, "y")
    label = data.classes.index(cell)
    assert [int((part.y == label).sum()) for part in (data.train, data.validation, data.test)] == [count, 0, 0]
    assert any(f"the class '{cell}' has fewer than 3 rows" in note for note in data.notes)


TASKS = [
    ([3, 1, 2, 10], "classification", "--task regression"),
    ([1, 0], "classification", ""),
    ([1.5, 0.5], "regression", ""),
    (list(range(2, 15)), "regression", "--task classification"),
    ([1990, 2005, 2050], "regression", "--task classification"),
    ([1, 2, 3, 4, 5], "classification", "--task regression"),
    (["yes", "no"], "classification", ""),
    ([100, 40000], "classification", ""),
]


@pytest.mark.parametrize(("values", "task", "word"), TASKS, ids=[str(each[0]) for each in TASKS])
def test_the_task_follows_from_the_target_and_can_be_said(values: list[object], task: str, word: str) -> None:
    table = {"a": [i % 11 for i in range(66)], "y": [values[i % len(values)] for i in range(66)]}
    data = read_table(table, "y")
    assert data.task == task
    assert any("--task" in note for note in data.notes) == bool(word)
    assert any(word in note for note in data.notes)
    if word:
        other = word.split()[1]
        assert read_table(table, "y", task=other).task == other


def test_doubled_rows_are_counted() -> None:
    data = read_table(
        {"a": [i % 50 for i in range(60)], "b": [i % 50 / 7 for i in range(60)], "y": [i % 50 for i in range(60)]}, "y"
    )
    assert any(note.startswith("10 rows of 60 are the same as an earlier row") for note in data.notes)


def test_of_many_categories_the_commonest_get_features() -> None:
    cells = [f"k{i % 150 if i % 3 else 0}" for i in range(600)]
    data = read_table({"a": cells, "y": [i * i % 17 + 0.5 for i in range(600)]}, "y")
    assert len(data.features) == 100
    assert "a=k0" in data.features
    assert any("100 commonest get a feature each" in note for note in data.notes)


def test_features_get_names_of_their_own() -> None:
    table = {
        "age": ["" if i % 5 == 0 else i for i in range(60)],
        "age missing": [i % 3 for i in range(60)],
        "y": range(60),
    }
    assert read_table(table, "y").features == ("age", "age missing", "age missing (2)")


def test_notes_come_in_one_piece_and_stay_with_the_run() -> None:
    data = read_table({"zip": [f"0{i % 7}501" for i in range(60)], "b": ["x"] * 60, "y": range(60)}, "y")
    assert len(data.notes) >= 2
    assert [each.name for each in data.decisions] == ["zip", "b", "y"]
    assert data.preparation.to_spec()["decisions"][0]["word"] == "--as zip=category keeps its zeros"


def test_values_of_the_truth_are_all_different_where_they_must_be() -> None:
    assert len({row["area"] for row in TRUTH}) > 30


WRONG = {
    "missing target": ({"target": "price"}, DataError, "has no column 'price' for the target"),
    "no text as target": ({"target": 3}, KindError, "the target must be the name of a column, got 3"),
    "missing drop": ({"drop": ["bb"]}, DataError, "no column 'bb' for drop"),
    "drop is a text": ({"drop": "a"}, KindError, r"drop must be a list of column names, such as drop=\['id'\]"),
    "dropped target": ({"drop": ["y"]}, DataError, "the target 'y' can not be dropped"),
    "nothing left": ({"drop": ["a", "b"]}, DataError, "no column to learn from besides the target 'y'"),
    "unknown kind": ({"read_as": {"a": "catgory"}}, SettingError, "Did you mean 'category'"),
    "kind of no column": ({"read_as": {"c": "category"}}, DataError, "no column 'c' for read_as"),
    "kinds as a list": ({"read_as": ["a"]}, KindError, "read_as must map columns to kinds"),
    "no dates": ({"read_as": {"a": "date"}}, DataError, "'a' does not hold dates"),
    "no numbers": ({"read_as": {"b": "number"}}, DataError, "row 1: the value of 'b' must be a number, got 'p'"),
    "unknown task": ({"task": "cluster"}, SettingError, "task 'cluster' is not known"),
    "unknown decimal": ({"decimal": ";"}, SettingError, "decimal ';' is not known"),
    "regression of texts": ({"task": "regression", "target": "b"}, DataError, "row 1: the target 'b' must be a number"),
    "test 0": ({"test": 0}, SettingError, "test must be above 0"),
    "seed": ({"seed": 1.5}, KindError, "seed must be a whole number"),
    "scale": ({"scale": "yes"}, KindError, "scale must be True or False"),
    "categories as a text": ({"categories": "a"}, KindError, "categories must be a list of column names"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused(case: str, tally) -> None:
    options, error, message = WRONG[case]
    table = {"a": [i * 1.5 for i in range(60)], "b": ["pq"[i % 2] for i in range(60)], "y": [i % 2 for i in range(60)]}
    with pytest.raises(error, match=message) as caught:
        read_table(table, **{"target": "y"} | options)
    noted(tally, caught.value)


TARGETS = {
    "constant": (["3.5"] * 60, "is 3.5 in every row"),
    "one class": (["p"] * 60, "is 'p' in every row"),
    "nothing": ([""] * 60, "is missing in every row"),
    "names": ([f"user{i}" for i in range(60)], "60 different values in 60 rows, such as 'user0'"),
    "dates": ([f"{1600 + i}-01-31" for i in range(400)], "the target 'y' of the table holds dates"),
    "two rows": (["1.5", "2.5"], "2 samples can not fill three parts"),
}


@pytest.mark.parametrize("case", TARGETS)
def test_a_target_that_teaches_nothing_is_refused(case: str, tally) -> None:
    cells, message = TARGETS[case]
    with pytest.raises(DataError, match=message) as caught:
        read_table({"a": [i % 7 + 0.5 * i for i in range(len(cells))], "y": cells}, "y")
    noted(tally, caught.value)
