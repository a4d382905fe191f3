"""Tables at any width: a row is a line, names give way, figures do not."""

from __future__ import annotations

import pytest

from layerwise.report.table import table_lines

NAMES = ("this network", "logistic regression", "always answering 'virginica'")
ROWS = [
    [NAMES[0], "91.4 %", "95 % interval 88.0 to 93.9 %"],
    [NAMES[1], "96.4 %", ""],
    [NAMES[2], "9.3 %", "stopped at 50 iterations"],
]


def test_notes_without_room_go_below_their_rows() -> None:
    assert table_lines(ROWS, [1], 60, "…") == [
        "  this network                  91.4 %",
        "      95 % interval 88.0 to 93.9 %",
        "  logistic regression           96.4 %",
        "  always answering 'virginica'   9.3 %",
        "      stopped at 50 iterations",
    ]


def test_long_notes_with_room_are_folded_in_their_column() -> None:
    rows = [["a", "1", "word " * 12 + "8\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}8"], ["bc", "22", ""]]
    assert table_lines(rows, [1], 60, "…") == [
        "  a    1  " + "word " * 9 + "word",
        "          word word 8\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}8",
        "  bc  22",
    ]


@pytest.mark.parametrize("cut", ["…", "..."])
@pytest.mark.parametrize("width", [16, 20, 30, 34])
def test_names_are_cut_and_figures_never(cut: str, width: int) -> None:
    lines = [line for line in table_lines(ROWS, [1], width, cut) if "%" in line and "interval" not in line]
    room = width - 2 - 2 - len("91.4 %")
    names = [name if len(name) <= room else name[: room - len(cut)] + cut for name in NAMES]
    assert lines[-2:] == [f"  {names[1]:<{room}}  96.4 %", f"  {names[2]:<{room}}   9.3 %"]
    assert max(map(len, lines)) <= width


def test_a_cut_cell_keeps_its_style() -> None:
    assert table_lines([["\x1b[1ma long name\x1b[0m", "1"]], [1], 10, "…") == ["  \x1b[1ma lo…\x1b[0m  1"]


@pytest.mark.parametrize("rows", [[["only one column of words"]], [["12345"]], [["", "1", ""]]])
def test_odd_tables(rows: list[list[str]]) -> None:
    assert len(table_lines(rows, [1], 12, "…")) >= 1


def test_letters_that_take_two_columns_are_counted_so() -> None:
    assert table_lines([["日本", "1"], ["abc", "22"]], [1], 80, "…") == ["  日本   1", "  abc   22"]
