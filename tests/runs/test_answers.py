"""Answers of a trained network for new files: as old runs gave them, and with all that is to be said of the file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.data.tables.tables_for_tests import text, write

from layerwise.cli import main
from layerwise.data import Preparation, read_table
from layerwise.runs.answers import answers, samples_in, trained

OLD = Path(__file__).parents[1] / "golden" / "runs"
"""Runs of the version before tables were read by DuckDB, with their tables, new rows, and the answers it gave."""


@pytest.mark.parametrize("name", ["houses", "flowers"])
@pytest.mark.parametrize("rows", ["new", "table"])
def test_old_runs_predict_as_before(name: str, rows: str) -> None:
    net, preparation = trained(str(OLD / name))
    found = answers(net, preparation, samples_in(str(OLD / name / f"{rows}.csv"), preparation))
    assert found.to_csv() == (OLD / name / f"answers-{rows}.csv").read_bytes()


@pytest.mark.parametrize(("name", "target"), [("houses", "price"), ("flowers", "kind")])
def test_old_tables_are_prepared_as_before(name: str, target: str) -> None:
    """But for a text that means no value, and may be a category: `None`."""
    _, before = trained(str(OLD / name))
    now = read_table(OLD / name / "table.csv", target).preparation
    for column in before.columns:
        if "None" not in next(each for each in now.columns if each.name == column.name).categories:
            assert column in now.columns
    assert (now.target_mean, now.target_scale, now.classes) == (before.target_mean, before.target_scale, before.classes)


@pytest.fixture(scope="module")
def flats(tmp_path_factory: pytest.TempPathFactory) -> Preparation:
    path = write(tmp_path_factory.mktemp("flats") / "flats.csv", text(delimiter=";"))
    return read_table(path, "price").preparation


ROWS = {
    "in order": "area,rooms,town\n80,3,Ulm\n",
    "reordered, and one more": "extra,town,rooms,area\nq,Ulm,3,80\n",
    "with an index": ",area,rooms,town\n0,80,3,Ulm\n",
    "tabs": "area\trooms\ttown\n80\t3\tUlm\n",
    "padded": " area , rooms , town \n 80.0 , 3 , Ulm \n",
    "quoted": '"area","rooms","town"\n"80","3","Ulm"\n',
    "with an empty target": "area,rooms,town,price\n80,3,Ulm,\n",
}


@pytest.mark.parametrize("case", ROWS)
def test_the_same_row_in_every_form_is_the_same(case: str, flats: Preparation, tmp_path: Path) -> None:
    samples = samples_in(str(write(tmp_path / "new.csv", ROWS[case])), flats)
    np.testing.assert_array_equal(samples.x, flats.apply({"area": [80], "rooms": [3], "town": ["Ulm"]}))
    assert samples.y is None
    assert any("left aside" in note for note in samples.notes) == (case in ("reordered, and one more", "with an index"))


@pytest.mark.parametrize("gap", ["", "NA", "-", ".", "?"])
def test_rows_whose_target_is_known_are_scored(gap: str, flats: Preparation, tmp_path: Path) -> None:
    path = write(tmp_path / "new.csv", f"area,rooms,town,price\n80,3,Ulm,{gap}\n50,2,Bonn,170\n")
    samples = samples_in(str(path), flats)
    assert samples.y is not None
    assert samples.known is not None
    assert samples.known.tolist() == [1]


@pytest.mark.parametrize("gap", ["", "NA", "-", "n.a.", "NaN"])
@pytest.mark.parametrize("name", ["area", "rooms"])
def test_gaps_where_training_had_none_are_said(gap: str, name: str, flats: Preparation, tmp_path: Path) -> None:
    row = {"area": "80", "rooms": "3", "town": "Ulm"} | {name: gap}
    path = write(tmp_path / "new.csv", "area,rooms,town\n50,2,Bonn\n" + ",".join(row.values()) + "\n")
    samples = samples_in(str(path), flats)
    column = next(each for each in flats.columns if each.name == name)
    assert samples.notes == (
        f"1 row without {name!r} (first: line 3 of new.csv), which had no gaps in training: filled with its median "
        f"there, {column.fill:.6g}",
    )


@pytest.mark.parametrize("town", ["Bern", "ulm", "None.", "7", "Ulm Ost"])
def test_a_new_category_is_named(town: str, flats: Preparation, tmp_path: Path) -> None:
    samples = samples_in(str(write(tmp_path / "new.csv", f"area,rooms,town\n80,3,{town}\n")), flats)
    assert f"a category of 'town' that training never saw (first: line 2 of new.csv, '{town}')" in samples.notes[0]


def test_a_notation_that_was_learnt_is_used_for_new_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", "a;when;y\n" + "".join(f"{i},5 kg;0{1 + i % 9}.02.2024;{i % 7},25\n" for i in range(60))
    )
    data = read_table(path, "y")
    again = Preparation.from_spec(data.preparation.to_spec())
    assert again == data.preparation
    x = again.apply({"a": ["1,5 kg", "1,5"], "when": ["03.02.2024", "03.02.2024"]})
    np.testing.assert_array_equal(x[0], x[1])
    row = again.raw(x[0], 6)
    assert row == [("a", "1,5"), ("when", "03.02.2024")]
    assert again.to_units(again.labels(["4,25"])).ravel() == pytest.approx([4.25], rel=1e-6)


def test_the_command_looks_and_trains_by_the_words_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"0{i % 5}501;{i % 9}.{i % 7}0{i % 3};name {i};{i % 5}" for i in range(60)]
    write(tmp_path / "a.csv", "\n".join(["zip;a;name;grade", *rows]))
    for width in ("30", "60", "200"):
        monkeypatch.setenv("COLUMNS", width)
        assert main(["look", "a.csv", "--target", "grade"]) == 0
        said = capsys.readouterr().out
        assert max(map(len, said.splitlines())) <= max(int(width), 30) + 30 * (width == "30")
        for word in ("--as", "zip=category", "--drop", "--task"):
            assert word in said or word == "--drop"
    options = ["--as", "zip=category", "--task", "regression", "--drop", "name", "--decimal", "."]
    assert (
        main(["train", "a.csv", "--target", "grade", *options, "--epochs", "1", "--out", "run", "--no-progress"]) == 0
    )
    said = capsys.readouterr()
    assert "regression of 'grade'" in said.out
    assert re.search(r"^  name +dropped", said.out, re.M)
    assert main(["train", "run", "--epochs", "1", "--out", "again", "--no-progress"]) == 0
    assert "category" in capsys.readouterr().out
    assert main(["predict", "run", "run/examples.csv"]) == 0
