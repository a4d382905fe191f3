"""Tables and sentences at any width, in colour or without."""

from __future__ import annotations

import pytest

from layerwise.report.look import Look

ROWS = [
    ["this network", "91.4 %", "95 % interval 88.0 to 93.9 %"],
    ["logistic regression", "96.4 %", ""],
    ["always answering 'virginica'", "9.3 %", "stopped at 50 iterations"],
]


@pytest.mark.parametrize("width", [30, 40, 50, 60, 70, 80, 100])
def test_a_table_fits_and_no_figure_is_cut(width: int) -> None:
    lines = Look(width=width).table(ROWS, right=[1])
    assert max(map(len, lines)) <= width
    assert [figure for line in lines for figure in ("91.4 %", "96.4 %", " 9.3 %") if figure in line] == [
        "91.4 %", "96.4 %", " 9.3 %"
    ]  # fmt: skip


def test_a_wide_place_keeps_each_row_on_its_line() -> None:
    assert Look().table(ROWS, right=[1]) == [
        "  this network                  91.4 %  95 % interval 88.0 to 93.9 %",
        "  logistic regression           96.4 %",
        "  always answering 'virginica'   9.3 %  stopped at 50 iterations",
    ]


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"COLUMNS": "20"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}])
def test_only_the_look_decides(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {colour: Look(colour=colour).table([["a", Look(colour=colour).bold("1")]]) for colour in (True, False)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for colour, lines in wanted.items():
        assert Look(colour=colour).table([["a", Look(colour=colour).bold("1")]]) == lines
    assert "\x1b" in wanted[True][0]
    assert "\x1b" not in wanted[False][0]


def test_marks_of_the_markup_are_letters_here() -> None:
    assert Look().table([["[red]class[/red]", ":smile: [1]"]]) == ["  [red]class[/red]  :smile: [1]"]


def test_a_title_is_bold_and_fits() -> None:
    assert Look(colour=True, width=24).titled("test error", " in dollars, on 88 samples") == [
        "\x1b[1mtest error\x1b[0m in dollars,", "  on 88 samples",
    ]  # fmt: skip
