"""A large CSV file: time and memory, at a tenth of the size that `python -m tools.csv_scale` reads."""

from __future__ import annotations

import sys

import pytest
from tools.csv_scale import TIMES_THE_FILE, measure, write_table

ROWS = 100_000


@pytest.mark.skipif(sys.platform == "win32", reason="the peak memory of a process is asked for in the way of Unix")
def test_a_hundred_thousand_rows_are_read_in_the_promised_time_and_memory(tmp_path):
    path = tmp_path / "large.csv"
    write_table(path, ROWS)
    found = measure(path)
    assert found["shape"] == [ROWS, 28]  # 18 numbers, 6 of them with gaps, and 4 towns
    assert found["missing"] == pytest.approx(0.01 * 6 * ROWS, rel=0.1)
    assert found["seconds"] <= 12  # a tenth of 60 s, twice over: the machine of the tests is shared
    assert found["times the file"] <= TIMES_THE_FILE
