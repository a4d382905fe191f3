"""A dataset from the table of an experiment: the same as by hand, and what a table can not mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.data import from_table, load, read_csv
from layerwise.errors import FileError, LayerwiseError, SettingError


def test_a_name_is_loaded_with_its_options() -> None:
    table = {"name": "moons", "n": 80, "noise": 0.2}
    assert from_table(table, seed=3).train.x.tobytes() == load("moons", n=80, noise=0.2, seed=3).train.x.tobytes()
    assert table == {"name": "moons", "n": 80, "noise": 0.2}, "the table itself is left alone"


def test_a_path_is_read_with_its_options(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{k},{k * k},{'no' if k % 3 else 'yes'}" for k in range(40)))
    found = from_table({"path": str(path), "target": "y", "drop": ["b"]}, seed=2)
    assert found.features == ("a",)
    assert found.train.x.tobytes() == read_csv(path, "y", drop=["b"], seed=2).train.x.tobytes()


def test_the_seed_of_the_table_comes_first() -> None:
    def first(table: dict[str, Any], seed: int) -> bytes:
        return from_table({"name": "iris", **table}, seed).train.x.tobytes()

    assert first({}, 1) != first({}, 2)
    assert first({"seed": 5}, 1) == first({"seed": 5}, 2) == first({}, 5)


TABLES: list[tuple[Any, type[LayerwiseError], tuple[str, ...]]] = [
    ({}, SettingError, ("a data table has a name", "got {}")),
    ({"n": 3}, SettingError, ("a data table has a name",)),
    ({"path": "a.csv"}, SettingError, ("a path and a target",)),
    ({"target": "b"}, SettingError, ("a path and a target",)),
    ({"path": "a.csv", "target": "b"}, FileError, ("there is no file a.csv",)),
    ({"path": "a.csv", "target": "b", "scal": 1}, SettingError, ("read_table has no setting", "Did you mean 'scale'?")),
    ({"path": "a.csv", "target": "b", "name": "c"}, SettingError, ("no setting 'name'",)),
    ({"name": "moons", "nois": 1}, SettingError, ("load has no setting", "'noise'")),
    ({"name": "digit"}, SettingError, ("Did you mean 'digits'?",)),
    ({"name": "moons", "test": 0.999}, SettingError, ("nothing is left for training",)),
    (3, SettingError, ("data must be a table; got 3",)),
    ("digits", SettingError, ("data must be a table; got 'digits'",)),
    (["digits"], SettingError, ("data must be a table",)),
    (None, SettingError, ("data must be a table",)),
]


@pytest.mark.parametrize(("table", "error", "words"), TABLES, ids=[str(table) for table, _, _ in TABLES])
def test_what_is_no_data_is_refused(
    table: Any, error: type[LayerwiseError], words: tuple[str, ...], tally: Tally
) -> None:
    refused(tally, error, words, lambda: from_table(table))
