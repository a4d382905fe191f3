"""Kinds of cells that real tables showed to be read wrong, or not at all: `python -m tools.real_tables` found them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from layerwise.data import inspect_table, read_table
from layerwise.data.preparation import Preparation
from layerwise.data.tables.interpretation.date import parsed
from layerwise.errors import DataError

TWO_DIGITS = {
    "25/11/63": ("%d/%m/%y", 1963),
    "30.01.30": ("%d.%m.%y", 1930),
    "29.01.29": ("%d.%m.%y", 2029),
    "3/86": ("%m/%y", 1986),
    "5-Jun-48": ("%d-%b-%y", 1948),
    "1-Jan-00": ("%d-%b-%y", 2000),
}


@pytest.mark.parametrize("text", TWO_DIGITS)
def test_years_of_two_digits_end_with_2029(text: str) -> None:
    format, year = TWO_DIGITS[text]
    assert parsed(text, format).year == year


def test_the_century_of_a_year_of_two_digits_is_said() -> None:
    cells = [f"{1 + i % 12}/{60 + i}" for i in range(30)]
    found = inspect_table({"month": cells, "y": range(30)})
    assert found.decisions[0].note == "read as dates, such as '1/60', which is of 1960"


def days(cells: list, **options) -> np.ndarray:
    """The days since 1970 that a column of dates becomes, sorted."""
    data = read_table({"day": cells, "y": np.arange(len(cells)) * 1.5}, "y", scale=False, **options)
    column = data.features.index("day (days since 1970)")
    return np.sort(np.concatenate([part.x[:, column] for part in (data.train, data.validation, data.test)]))


def since(*moments: datetime) -> list[int]:
    return [(each - datetime(1970, 1, 1)).days for each in moments]


@pytest.mark.parametrize("form", ["{}Q{}", "{}q{}", "{} Q{}", "{}-Q{}", "{}-q{}", "{}Q{} "])
def test_quarters_are_dates(form: str) -> None:
    cells = [form.format(1974 + i // 4, 1 + i % 4) for i in range(40)]
    assert days(cells).tolist() == since(*(datetime(1974 + i // 4, 1 + 3 * (i % 4), 1) for i in range(40)))


MOMENTS = [datetime(1958 + i, 1 + i % 12, 1 + i % 28) for i in range(40)]
COMPACT = {
    "whole numbers": [int(f"{each:%Y%m%d}") for each in MOMENTS],
    "floats": [float(f"{each:%Y%m%d}") for each in MOMENTS],
    "an array": np.array([int(f"{each:%Y%m%d}") for each in MOMENTS]),
}


@pytest.mark.parametrize("case", COMPACT)
def test_numbers_that_are_all_dates_are_dates(case: str) -> None:
    assert days(COMPACT[case]).tolist() == since(*MOMENTS)


def test_dates_without_marks_of_a_file_are_dates_with_their_gaps_and_predict_reads_them_alike(tmp_path) -> None:
    path = tmp_path / "co2.csv"
    rows = [f"{'' if i % 8 == 5 else f'{each:%Y%m%d}'},{i}.5" for i, each in enumerate(MOMENTS)]
    path.write_text("\n".join(["day,y", *rows]))
    data = read_table(path, "y", scale=False)
    assert data.notes[0] == "day: read as dates, such as '19580101' (--as day=number reads numbers)"
    assert data.missing == {"day": 5}
    kept = Preparation.from_spec(data.preparation.to_spec())
    column = data.features.index("day (days since 1970)")
    assert kept.apply({"day": ["20000101", ""]})[0, column] == since(datetime(2000, 1, 1))[0]
    with pytest.raises(DataError, match="must be a date such as 20240101, got '2000'"):
        kept.apply({"day": ["2000"]})
    assert read_table(path, "y", read_as={"day": "number"}).decisions[0].kind == "number"


NO_DATES = {
    "a month 13": [19991301 + 100 * i for i in range(40)],
    "steps of one": [19990101 + i for i in range(40)],
    "too early": [12340101 + i % 20 for i in range(40)],
    "fractions": [19990101.5 + i % 20 for i in range(40)],
    "few": [19990101 + i % 5 for i in range(40)],
    "millions": [int(2e7 + 37_123 * i) for i in range(40)],
}


@pytest.mark.parametrize("case", NO_DATES)
def test_other_large_numbers_stay_numbers(case: str) -> None:
    assert inspect_table({"pay": NO_DATES[case]}).decisions[0].kind == "number"


@pytest.mark.parametrize("word", ["Inf", "inf", "-Inf", "Infinity", "INF", "+inf"])
def test_what_is_infinite_is_a_gap_and_said_however_often(word: str, tmp_path) -> None:
    path = tmp_path / "mice.csv"
    path.write_text("\n".join(["u,y", *(f"{word if i % 2 else i},{i}.5" for i in range(80))]))
    data = read_table(path, "y")
    assert data.notes[0] == f"u: '{word}' in 40 cells are gaps"
    assert data.features == ("u", "u missing")
    assert data.missing == {"u": 40}
    with pytest.raises(DataError, match="must be a number"):  # where training saw none
        read_table({"u": range(40), "y": np.arange(40) / 2}, "y").preparation.apply({"u": [word]})


@pytest.mark.parametrize("mark", ["<", ">", "< ", "≤", ">=", "≥ "])
def test_a_limit_is_read_as_its_number_and_said(mark: str) -> None:
    cells = [f"{mark}0.006" if i % 3 else f"0.{i + 7:03}" for i in range(90)]
    data = read_table({"nh4": cells, "y": np.arange(90) / 2}, "y", scale=False)
    assert data.notes[0] == f"nh4: '{mark}0.006' is read as 0.006"
    found = np.concatenate([part.x[:, 0] for part in (data.train, data.validation, data.test)])
    assert np.sum(found == np.float32(0.006)) == 60


GROUPS = [["<30", "30-35", ">35"], ["<6m", ">6m"], ["<1", "1", "2", ">2"], ["<5", "5", "6"], [">10", "10", "<10"]]


@pytest.mark.parametrize("cells", GROUPS)
def test_groups_with_limits_stay_categories(cells: list[str]) -> None:
    found = inspect_table({"a": [cells[i % len(cells)] for i in range(60)]}).decisions[0]
    assert (found.kind, found.becomes) == ("category", f"{len(cells)} features")


CODES = {
    "families": [f"{1 + i // 3:03}" if i % 30 else "136A" for i in range(90)],
    "post codes": [f"{501 + i // 3:05}" if i % 40 else "K1A" for i in range(90)],
    "wards": [f"0{i // 3}" if i % 20 else "0x" for i in range(90)],
    "of a bank": [f"{i // 3:08}" if i % 50 else "0000000X" for i in range(90)],
    "of countries": [f"{i // 3:02}" if i % 15 else "XK" for i in range(90)],
}


@pytest.mark.parametrize("case", CODES)
def test_numbers_with_zeros_before_and_letters_among_them_are_codes(case: str) -> None:
    assert inspect_table({"code": CODES[case]}).decisions[0].kind == "category"


ALIGNED = {
    "texts with blanks": (["12-15 years", "< 12 years", "16+ years"], "{:>8}   {:>11}  {:>9}"),
    "left": (["No", "Yes once", "Yes twice"], "{:<8}  {:<12}  {:<9}"),
    "wide": (["a b", "c d e", "f"], "  {:<20}   {:>30}      {:<9}"),
    "under long names": (["New York", "Los Angeles", "Ulm"], "{:>12}  {:>14}  {:>9}"),
    "blanks at the end": (["red wine", "white wine", "beer"], "{:>8}  {:>11}  {:>9}   "),
}


@pytest.mark.parametrize("case", ALIGNED)
def test_cells_parted_by_two_or_more_blanks(case: str, tmp_path) -> None:
    texts, form = ALIGNED[case]
    path = tmp_path / "divorce.dat"
    rows = [form.format(i * 1.5, texts[i % 3], i) for i in range(40)]
    path.write_text("\n".join([form.format("years", "education", "y"), *rows]) + "\n")
    data = read_table(path, "y", scale=False)
    assert "the cells of divorce.dat are parted by two or more blanks" in data.notes
    assert data.features == ("years", *(f"education={text}" for text in sorted(texts)))
    x = np.concatenate([part.x for part in (data.train, data.validation, data.test)])
    assert sorted(x[:, 0].tolist()) == [i * 1.5 for i in range(40)]
    assert x[:, 1:].sum(axis=0).tolist() == [sum(texts[i % 3] == text for i in range(40)) for text in sorted(texts)]
    path.write_text("\n".join([form.format("years", "education", "y"), *rows[:20], form.format("x y", "", ""), *rows]))
    with pytest.raises(DataError):  # a row that is short
        read_table(path, "y")
