"""Tables that lie in packages: read as an independent reader reads them, and trained at the first command.

Those of scikit-learn are always there; the others come with the extra `tables-test`, and stand in the record that
`python -m tools.real_tables` writes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.real_tables.collection import folder_of, located, tables
from tools.real_tables.comparison import compare
from tools.real_tables.page import PAGE, page, read_record
from tools.real_tables.trial import trained

TABLES = tables()
PACKAGES = list(dict.fromkeys(each.package for each in TABLES))
BUNDLED = [each for each in TABLES if each.package == "sklearn"]


@pytest.mark.parametrize("table", BUNDLED, ids=lambda each: each.file)
def test_a_table_of_scikit_learn_is_read_as_it_is(table, tmp_path: Path) -> None:
    [(_, path)] = located([table], tmp_path)
    assert compare(path, table.target).silent == ()


def test_a_table_of_scikit_learn_trains_at_the_first_command(tmp_path: Path) -> None:
    [(table, path)] = located(BUNDLED[2:3], tmp_path)
    assert trained(path, table.target) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_no_table_of_a_package_loses_a_cell_in_silence(package: str, tmp_path: Path) -> None:
    if folder_of(package) is None:
        pytest.skip(f"{package} is not installed: pip install -e '.[tables-test]'")
    chosen = [each for each in TABLES if each.package == package and not each.word]
    silent = {table.name: compare(path, table.target).silent for table, path in located(chosen, tmp_path)}
    assert len(silent) == len(chosen)
    assert {name: found for name, found in silent.items() if found} == {}


def test_the_record_of_a_hundred_tables_holds() -> None:
    record = read_record()
    assert [each["table"] for each in record] == [each.name for each in TABLES]
    assert len(record) >= 100
    assert sum(each["first"] for each in record) >= 0.9 * len(record)
    assert [each["table"] for each in record if not each["trained"] or each["silent"]] == []
    assert page(record) == PAGE.read_text(encoding="utf-8")


def test_a_cell_that_differs_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: a reader that loses a digit, a category or a row is caught."""
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["a,b,y", *(f"{i}.5,{'xyz'[i % 3]},{i}" for i in range(60))]))
    assert compare(path, "y").silent == ()
    from tools.real_tables import comparison

    raw_rows = comparison.raw_rows
    for row, column, cell in ((7, 0, "6.4"), (8, 1, "z"), (9, 2, "8.5")):
        changed = raw_rows(path)
        changed[row][column] = cell
        monkeypatch.setattr(comparison, "raw_rows", lambda _, found=changed: found)
        assert len(compare(path, "y").silent) == 1
    monkeypatch.setattr(comparison, "raw_rows", lambda _: raw_rows(path)[:-1])
    assert compare(path, "y").silent == ("60 rows are read, there are 59",)
