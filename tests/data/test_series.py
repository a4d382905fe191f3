"""Series from files: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layerwise.data.series import read_series
from layerwise.errors import DataError, FileError

ROWS = [f"{2000 + row},note,{row % 7}.5" for row in range(40)]


def written(path: Path, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(["year,ä,value", *rows]) + "\n\n", encoding=encoding)
    return path


def test_first_column_is_time_and_last_is_value(tmp_path: Path) -> None:
    series = read_series(written(tmp_path / "mine.csv", ROWS, "utf-8-sig"))
    assert (series.name, series.times[-1], series.step) == ("mine", "2039", "step")
    np.testing.assert_array_equal(series.values, [row % 7 + 0.5 for row in range(40)])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS[:39], "has 39 values; at least 40"),
        ([*ROWS, "2040,note,"], "row 42: '' is no number"),
        ([*ROWS, "2040,note,nan"], "row 42: 'nan' is no number"),
        ([*ROWS, "2040"], "row 42: a series wants two columns"),
        (["2000,x,1"] * 50, "every value of"),
    ],
)
def test_what_is_no_series_is_refused(tmp_path: Path, rows: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_series(written(tmp_path / "mine.csv", rows))


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nowhere can not be read"):
        read_series(tmp_path / "nowhere")
    with pytest.raises(FileError, match="no text in UTF-8"):
        read_series(written(tmp_path / "latin.csv", ROWS, "latin-1"))
